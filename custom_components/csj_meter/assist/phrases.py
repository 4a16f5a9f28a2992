"""How people put the questions, language by language, in the notation of Home Assistant's sentences.

Each language has its own way to say which meter or area is meant; ``{meter}`` is whatever they call it. Plain
sentences stand before those with a meter: of two that fit, Assist takes the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from .questions import Question

_EN: Final = "[(on|for|in|of|at) [the|my|our] {meter}]"
_DE: Final = (
    "[(auf|für|von|bei|an|in|am|im|vom|beim) [der|die|das|dem|den|meinem|meiner|unserem|unserer] {meter}]"
)
_ES: Final = "[(en|de|para|del|al) [el|la|los|las|mi|nuestro|nuestra] {meter}]"
_FR: Final = "[(sur|pour|de|du|dans|à|chez|au) [le|la|les|mon|ma|notre] {meter}]"
_PT: Final = "[(em|no|na|do|da|de|para) [o|a|os|as|meu|minha|nosso|nossa] {meter}]"

_ES_WHAT: Final = "(qué|que|cuánto|cuanto|cuánta luz|cuanta luz|cuánta energía)"

_PT_WHAT: Final = "(o que|que|quanto|quanta luz|quanta energia)"

_CREDIT: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        f"how much [electricity] credit (is|do (I|we) have) [there] [left] {_EN}",
        f"how long (does|will) (the|my|our) [electricity] credit last {_EN}",
        f"what is (the|my|our) [electricity] credit {_EN}",
    ),
    "de": (
        f"wie viel [Strom]guthaben ist {_DE} noch (übrig|da)",
        f"wie viel [Strom]guthaben (ist|habe ich|haben wir|bleibt) [noch] [übrig|da] {_DE}",
        f"wie lange reicht (das|mein|unser) [Strom]guthaben [noch] {_DE}",
        f"wie hoch ist (das|mein|unser) [Strom]guthaben {_DE}",
    ),
    "es": (
        f"(cuánto|cuanto) (crédito|credito|saldo) [de luz] (queda|tengo|tenemos|me queda|nos queda) {_ES}",
        f"(cuánto|cuanto) (dura|durará|durara) (el|mi|nuestro) (crédito|credito|saldo) [de luz] {_ES}",
    ),
    "fr": (
        f"combien de crédit [d'électricité] ([nous|me] reste-t-il|reste t il|il reste) {_FR}",
        f"combien (reste-t-il|il reste|me reste-t-il|nous reste-t-il) de crédit [d'électricité] {_FR}",
        f"(quel est|combien de temps dure) (le|mon|notre) crédit [d'électricité] {_FR}",
    ),
    "pt": (
        f"quanto (crédito|credito|saldo) [de luz] (resta|tenho|temos|ainda tenho|ainda temos|falta) {_PT}",
        f"quanto (tempo|tempo ainda) dura (o|meu|o meu|o nosso) (crédito|credito|saldo) [de luz] {_PT}",
    ),
    "zh-Hans": (
        "(还剩|还有)多少(余额|电费)",
        "(余额|电费)[还](剩|有|剩下)多少",
        "(余额|电费)还(能|可以)用多久",
        "{meter}[的](还剩|还有)多少(余额|电费)",
        "{meter}[的](余额|电费)[还](剩|有|剩下)多少",
        "{meter}[的](余额|电费)还(能|可以)用多久",
    ),
}

_ALERT: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        f"why (was|is) there an [electricity|meter|power] (alert|alarm) {_EN}",
        f"what (was|is) the [electricity|meter|power] (alert|alarm) about {_EN}",
    ),
    "de": (
        f"(warum|wieso|weshalb) (gab es|gibt es|war|ist) [da] [einen|ein] [Strom]alarm {_DE}",
        f"(worum|um was) (geht|ging) es [bei|in] (dem|beim|im) [Strom]alarm {_DE}",
    ),
    "es": (f"por (qué|que) (hubo|hay|ha habido) una (alerta|alarma) [de luz] {_ES}",),
    "fr": (
        f"pourquoi (y a[-t-il| t il] [eu]|il y a [eu]) une (alerte|alarme) [électrique] {_FR}",
        f"pourquoi une (alerte|alarme) [électrique] {_FR}",
    ),
    "pt": (f"(por que|porque|por quê|porquê) [é que] (houve|há|ha) (um|uma) (alerta|alarme) [de luz] {_PT}",),
    "zh-Hans": (
        "为什么[会](有|发出|出现)[过][一个](警报|报警|告警)",
        "为什么[会]报警[了]",
        "{meter}为什么[会](有|发出|出现)[过][一个](警报|报警|告警)",
        "{meter}为什么[会]报警[了]",
    ),
}

_WEEK: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        f"(what|how much) [electricity|energy|power] did (I|we) use this week {_EN}",
        f"(what|how much) [electricity|energy|power] have (I|we) used this week {_EN}",
    ),
    "de": (
        f"(was|wie viel) [Strom|Energie] (haben wir|habe ich) diese Woche {_DE} (verbraucht|gebraucht)",
        f"(was|wie viel) [Strom|Energie] (haben wir|habe ich) {_DE} diese Woche (verbraucht|gebraucht)",
        f"wie viel [Strom|Energie] wurde diese Woche {_DE} verbraucht",
    ),
    "es": (
        f"{_ES_WHAT} (hemos|he) (gastado|consumido|usado) esta semana {_ES}",
        f"{_ES_WHAT} (gastamos|consumimos|usamos) esta semana {_ES}",
    ),
    "fr": (
        f"(qu'avons-nous|qu'avons nous|qu'ai-je) (consommé|utilisé) cette semaine {_FR}",
        f"combien [d'(électricité|énergie)] (avons-nous|ai-je|a-t-on) (consommé|utilisé) cette semaine {_FR}",
    ),
    "pt": (
        f"{_PT_WHAT} (gastámos|gastamos|consumimos|usámos|usamos) [n]esta semana {_PT}",
        f"{_PT_WHAT} (gastei|consumi|usei) [n]esta semana {_PT}",
    ),
    "zh-Hans": (
        "[我们|我](这周|这个星期|本周)[一共](用|用了|耗)多少(电|度电|电量)",
        "{meter}(这周|这个星期|本周)[一共](用|用了|耗)多少(电|度电|电量)",
    ),
}

PHRASES: Final[Mapping[Question, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {Question.CREDIT: _CREDIT, Question.ALERT: _ALERT, Question.WEEK: _WEEK}
)
"""Question -> language -> sentences that ask it."""
