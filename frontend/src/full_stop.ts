/** A date like "1. Dez." brings a point of its own to the end of a sentence: two in a row are one. */
export function oneFullStop(sentence: string): string {
  return sentence.replace(/(?<!\.)\.\.(?!\.)/g, ".");
}
