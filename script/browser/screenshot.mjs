// Take pictures of the running demo, signed in through its own form.
//
//   node screenshot.mjs URL PICTURE[:PATH[:phone][:dark][:whole][:tap=TEXT]...] ...
//
// PATH is a page of Home Assistant, by default the dashboard of the demo; "whole" takes all of it,
// however high; "tap=TEXT" taps the button that is called so, the first one if there are several.
import process from "node:process";
import { chromium } from "playwright-core";

const DESKTOP = { viewport: { width: 1440, height: 1000 }, deviceScaleFactor: 1 };
const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};

const [url, ...pictures] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"],
});

let tokens;

/** Sign in once; later pages start with the tokens of the first. */
async function signIn(page) {
  await page.goto(url);
  await page.getByLabel("Username").fill("demo");
  await page.getByLabel("Password", { exact: true }).fill("demo");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => localStorage.hassTokens);
  tokens = await page.evaluate(() => localStorage.hassTokens);
}

for (const picture of pictures) {
  const [file, path = "csj-meters", ...modes] = picture.split(":");
  const context = await browser.newContext({
    ...(modes.includes("phone") ? PHONE : DESKTOP),
    colorScheme: modes.includes("dark") ? "dark" : "light",
    serviceWorkers: "block",
  });
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(`${file}: ${error.message}`));
  if (tokens === undefined) await signIn(page);
  await page.addInitScript((value) => localStorage.setItem("hassTokens", value), tokens);
  await page.goto(`${url}/${path}`, { waitUntil: "networkidle" });
  // charts draw themselves in
  await page.waitForTimeout(4000);
  for (const mode of modes.filter((each) => each.startsWith("tap="))) {
    await page.getByRole("button", { name: mode.slice("tap=".length), exact: true }).first().click();
    // dialogues come with a movement, and a meter takes its time
    await page.waitForTimeout(3000);
  }
  if (modes.includes("whole")) {
    const height = await page.evaluate(() => {
      const seen = [document];
      let tallest = 0;
      while (seen.length) {
        for (const element of seen.pop().querySelectorAll("*")) {
          tallest = Math.max(tallest, element.scrollHeight);
          if (element.shadowRoot) seen.push(element.shadowRoot);
        }
      }
      return Math.min(tallest, 6000);
    });
    await page.setViewportSize({ width: page.viewportSize().width, height });
    await page.waitForTimeout(2500);
  }
  await page.screenshot({ path: file });
  await context.close();
}
await browser.close();
