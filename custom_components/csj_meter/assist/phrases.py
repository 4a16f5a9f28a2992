"""How people put the questions, language by language, in the notation of Home Assistant's sentences.

Each language has its own way to say which meter, area or floor is meant; ``{meter}`` is whatever they call
it, and "the meter" is all there are. Plain sentences stand before those with a meter: of two that fit, Assist
takes the first. Where it is a meter that used something, the sentence speaks of electricity, as it may be
about anybody and anything else. Whether there is an alert is asked of a place, never "for" something, which
is weather or traffic.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from .questions import Question

_EN_THIS: Final = "[the|my|our] ([electricity] meter[s]|{meter})"
_EN: Final = f"[at home|(on|for|in|of|at) {_EN_THIS}]"
_EN_AT: Final = f"[at home|(on|in|at) {_EN_THIS}]"
_EN_WHAT: Final = "(what|how much) [electricity|energy|power]"
_EN_POWER: Final = "how much (electricity|energy|power)"

_DE_ARTICLE: Final = "[der|die|das|dem|den|mein|meine|meinem|meiner|unser|unsere|unserem|unserer]"
_DE_THIS: Final = f"{_DE_ARTICLE} ([Strom]zähler[n]|{{meter}})"
_DE: Final = f"[zu Hause|daheim|(auf|für|von|bei|an|in|am|im|vom|beim) {_DE_THIS}]"
_DE_AT: Final = f"[zu Hause|daheim|(auf|bei|an|in|am|im|beim) {_DE_THIS}]"
_DE_MUCH: Final = "(wie viel|wieviel)"
_DE_CREDIT: Final = "(das|mein|unser) [Strom]guthaben"

_ES_THIS: Final = "[el|la|los|las|mi|nuestro|nuestra] (contador[es]|medidor[es]|{meter})"
_ES: Final = f"[en casa|(en|de|del|para|a|al) {_ES_THIS}]"
_ES_AT: Final = f"[en casa|en {_ES_THIS}]"
_ES_POWER: Final = "(cuánta|cuanta) (luz|energía|energia|electricidad)"
_ES_WHAT: Final = f"(qué|que|cuánto|cuanto|{_ES_POWER})"
_ES_USED: Final = "(gastado|consumido|usado)"
_ES_CREDIT: Final = "(crédito|credito|saldo) [de luz]"

_FR_THIS: Final = "[le|la|les|l'|mon|ma|notre] (compteur[s]|{meter})"
_FR: Final = f"[à la maison|chez nous|(sur|pour|de|du|dans|à|chez|au) {_FR_THIS}]"
_FR_AT: Final = f"[à la maison|chez nous|(sur|dans|à|chez|au) {_FR_THIS}]"
_FR_POWER: Final = "combien d'(électricité|énergie)"
_FR_USED: Final = "(consommé|consommée|utilisé|utilisée)"
_FR_CREDIT: Final = "crédit [d'électricité]"
_FR_LEFT: Final = "([me|nous] reste-t-il|reste t il|il [me|nous] reste)"
_FR_HAVE: Final = "(avons-nous|ai-je|a-t-on|nous avons|j'ai|on a)"

_PT_THIS: Final = "[o|a|os|as|meu|minha|nosso|nossa] (contador[es]|medidor[es]|{meter})"
_PT: Final = f"[em casa|(em|no|na|do|da|de|para) {_PT_THIS}]"
_PT_AT: Final = f"[em casa|(em|no|na) {_PT_THIS}]"
_PT_POWER: Final = "quanta (luz|energia|eletricidade|electricidade)"
_PT_WHAT: Final = f"(o que|que|quanto|{_PT_POWER})"
_PT_CREDIT: Final = "(crédito|credito|saldo) [de luz]"
_PT_OUR: Final = "(o|meu|nosso|o meu|o nosso)"

_ZH_OUR: Final = "[我们|我|我们家|我家|家里|电表]"
_ZH_CREDIT: Final = "(余额|电费)"
_ZH_ALERT: Final = "(警报|报警|告警)"
_ZH_WEEK: Final = "(这周|这个星期|本周)"
_ZH_USED: Final = "[一共](用|用了|耗)多少(电|度电|电量)"

_CREDIT: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        f"how much [electricity] credit (is|do (I|we) have|have (I|we) [got]) [there] [left] {_EN} [left]",
        f"how many days of [electricity] credit (are|do (I|we) have|have (I|we) [got]) [there] [left] {_EN}",
        f"(how long|how many days) (does|will) (the|my|our) [electricity] credit last {_EN}",
        f"(how long|how many days) (does|will) (the|my|our) [electricity] credit {_EN} last",
        f"when (does|will) (the|my|our) [electricity] credit {_EN} run out",
        f"when (does|will) (the|my|our) [electricity] credit run out {_EN}",
        f"(what is|what's) (the|my|our) [electricity] credit [balance] {_EN}",
        f"how much [electricity] credit (does|has) {_EN_THIS} (have|got) [left]",
    ),
    "de": (
        f"{_DE_MUCH} [Strom]guthaben ist {_DE} noch (übrig|da)",
        f"{_DE_MUCH} [Strom]guthaben (ist|habe ich|haben wir|bleibt) [noch] [übrig|da] {_DE} [noch]",
        f"wie lange reicht {_DE_CREDIT} [noch] {_DE} [noch]",
        f"wie hoch ist {_DE_CREDIT} {_DE} [noch]",
        f"bis wann reicht {_DE_CREDIT} [noch] {_DE} [noch]",
        f"wann ist {_DE_CREDIT} {_DE} (aufgebraucht|leer|alle|zu Ende)",
        f"{_DE_MUCH} [Strom]guthaben hat {_DE_THIS} [noch] [übrig]",
    ),
    "es": (
        f"(cuánto|cuanto) {_ES_CREDIT} ([me|nos] queda|tengo|tenemos|hay) {_ES}",
        f"(cuánto|cuanto) [me|nos] queda de {_ES_CREDIT} {_ES}",
        f"(cuántos|cuantos) (días|dias) de {_ES_CREDIT} ([me|nos] quedan|tengo|tenemos) {_ES}",
        f"(cuánto|cuanto) [tiempo] [me|nos] (dura|durará|durara) (el|mi|nuestro) {_ES_CREDIT} {_ES}",
        f"(cuándo|cuando) se [me|nos] (acaba|acabará|agota|agotará) (el|mi|nuestro) {_ES_CREDIT} {_ES}",
        f"(cuál|cual) es (el|mi|nuestro) {_ES_CREDIT} {_ES}",
        f"(cuánto|cuanto) {_ES_CREDIT} (tiene|le queda (a|al)) {_ES_THIS}",
    ),
    "fr": (
        f"combien de {_FR_CREDIT} ({_FR_LEFT}|{_FR_HAVE}) [encore] {_FR}",
        f"combien {_FR_LEFT} de {_FR_CREDIT} {_FR}",
        f"il [me|nous] reste combien de {_FR_CREDIT} {_FR}",
        f"combien de jours de {_FR_CREDIT} ({_FR_LEFT}|{_FR_HAVE}) [encore] {_FR}",
        f"(quel est|combien de temps (dure|durera|va durer)) (le|mon|notre) {_FR_CREDIT} {_FR}",
        f"quand (le|mon|notre) {_FR_CREDIT} {_FR} sera-t-il épuisé",
        f"combien de {_FR_CREDIT} a [encore] {_FR_THIS}",
    ),
    "pt": (
        f"quanto [de] {_PT_CREDIT} [eu] [ainda] ([me|nos] resta|tenho|temos|falta|há) [ainda] {_PT}",
        f"quantos dias de {_PT_CREDIT} [eu] [ainda] ([me|nos] restam|tenho|temos|faltam) [ainda] {_PT}",
        f"quanto (tempo|tempo ainda) [me|nos] (dura|vai durar) {_PT_OUR} {_PT_CREDIT} {_PT}",
        f"quando (acaba|vai acabar) {_PT_OUR} {_PT_CREDIT} {_PT}",
        f"qual é {_PT_OUR} {_PT_CREDIT} {_PT}",
        f"quanto [de] {_PT_CREDIT} [ainda] tem {_PT_THIS}",
    ),
    "zh-Hans": (
        f"{_ZH_OUR}[的](还剩|还有)多少{_ZH_CREDIT}",
        f"{_ZH_OUR}[的]{_ZH_CREDIT}[还](剩|有|是|剩下)多少",
        f"{_ZH_OUR}[的]{_ZH_CREDIT}[还](能|可以)用(多久|几天|多少天)",
        f"{{meter}}[的](还剩|还有)多少{_ZH_CREDIT}",
        f"{{meter}}[的]{_ZH_CREDIT}[还](剩|有|是|剩下)多少",
        f"{{meter}}[的]{_ZH_CREDIT}[还](能|可以)用(多久|几天|多少天)",
    ),
}

_ALERT: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        f"why (was|is) there an [electricity|meter|power] (alert|alarm) {_EN}",
        f"why (do|did) (I|we) (get|have) an [electricity|meter|power] (alert|alarm) {_EN}",
        f"(what was|what is|what's) the [electricity|meter|power] (alert|alarm) about {_EN}",
        f"(is|are|was|were) there (any|an|a) [electricity|meter|power] alert[s] {_EN_AT}",
        f"(is|are|was|were) there (any|an|a) (electricity|meter|power) alarm[s] {_EN_AT}",
    ),
    "de": (
        f"(warum|wieso|weshalb) (gab es|gibt es|war|ist) [da] {_DE} [einen|ein] [Strom]alarm {_DE}",
        f"(worum|um was) (geht|ging) es [bei|in] (dem|beim|im) [Strom]alarm {_DE}",
        f"(gibt|gab) es {_DE_AT} [einen|irgendeinen|irgendwelche] [Strom]alarm[e] {_DE_AT}",
    ),
    "es": (
        f"por (qué|que) (hubo|hay|ha habido) una (alerta|alarma) [de luz] {_ES}",
        f"(hubo|hay|ha habido) (alguna|una) alerta [de luz] {_ES_AT}",
        f"(hubo|hay|ha habido) alertas [de luz] {_ES_AT}",
    ),
    "fr": (
        f"pourquoi (y a[-t-il| t il] [eu]|il y a [eu]) une (alerte|alarme) [électrique] {_FR}",
        f"pourquoi une (alerte|alarme) [électrique] {_FR}",
        f"pourquoi {_FR_HAVE} (reçu|eu) une (alerte|alarme) [électrique] {_FR}",
        f"(y a-t-il|est-ce qu'il y a) [eu] (une alerte|des alertes) [électrique[s]] {_FR_AT}",
    ),
    "pt": (
        f"(por que|porque|por quê|porquê) [é que] (houve|há|ha) (um|uma) (alerta|alarme) [de luz] {_PT}",
        f"(houve|há|ha) (um|algum) alerta [de luz] {_PT_AT}",
        f"(houve|há|ha) alertas [de luz] {_PT_AT}",
    ),
    "zh-Hans": (
        f"{_ZH_OUR}为什么[会](有|发出|出现)[过][一个]{_ZH_ALERT}",
        f"{_ZH_OUR}为什么[会]报警[了]",
        f"[现在|今天|最近|家里|电表]有[没有]{_ZH_ALERT}[吗]",
        f"{{meter}}为什么[会](有|发出|出现)[过][一个]{_ZH_ALERT}",
        "{meter}为什么[会]报警[了]",
        f"{{meter}}有[没有]{_ZH_ALERT}[吗]",
    ),
}

_WEEK: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        f"{_EN_WHAT} (did (I|we) use|have (I|we) used) this week {_EN}",
        f"{_EN_WHAT} (did (I|we) use|have (I|we) used) {_EN} this week",
        f"(what is|what's) (the|my|our) (electricity|energy|power) (usage|consumption) this week {_EN}",
        f"{_EN_POWER} (did {_EN_THIS} use|has {_EN_THIS} used) this week",
    ),
    "de": (
        f"(was|{_DE_MUCH}) [Strom|Energie] (haben wir|habe ich) diese Woche {_DE} (verbraucht|gebraucht)",
        f"(was|{_DE_MUCH}) [Strom|Energie] (haben wir|habe ich) {_DE} diese Woche (verbraucht|gebraucht)",
        f"{_DE_MUCH} [Strom|Energie] wurde diese Woche {_DE} verbraucht",
        f"{_DE_MUCH} [Strom|Energie] wurde {_DE} diese Woche verbraucht",
        f"{_DE_MUCH} (Strom|Energie) hat {_DE_THIS} diese Woche (verbraucht|gebraucht)",
        f"{_DE_MUCH} (Strom|Energie) hat diese Woche {_DE_THIS} (verbraucht|gebraucht)",
    ),
    "es": (
        f"{_ES_WHAT} (hemos|he|se ha) {_ES_USED} esta semana {_ES}",
        f"{_ES_WHAT} (hemos|he|se ha) {_ES_USED} {_ES} esta semana",
        f"{_ES_WHAT} (gastamos|consumimos|usamos) esta semana {_ES}",
        f"{_ES_WHAT} (gastamos|consumimos|usamos) {_ES} esta semana",
        f"{_ES_POWER} (ha {_ES_USED}|gastó|consumió|usó) {_ES_THIS} esta semana",
    ),
    "fr": (
        f"(qu'avons-nous|qu'avons nous|qu'ai-je|qu'a-t-on) {_FR_USED} cette semaine {_FR}",
        f"qu'est-ce (qu'on a|que nous avons|que j'ai) {_FR_USED} cette semaine {_FR}",
        f"(combien|{_FR_POWER}) {_FR_HAVE} {_FR_USED} cette semaine {_FR}",
        f"(combien|{_FR_POWER}) {_FR_HAVE} {_FR_USED} {_FR} cette semaine",
        f"{_FR_POWER} a {_FR_USED} {_FR_THIS} cette semaine",
        f"{_FR_POWER} {_FR_THIS} (a|a-t-il|a-t-elle) {_FR_USED} cette semaine",
    ),
    "pt": (
        f"{_PT_WHAT} (gastámos|gastamos|consumimos|usámos|usamos) [n]esta semana {_PT}",
        f"{_PT_WHAT} (gastámos|gastamos|consumimos|usámos|usamos) {_PT} [n]esta semana",
        f"{_PT_WHAT} [eu|a gente] (gastei|consumi|usei|gastou|consumiu|usou) [n]esta semana {_PT}",
        f"{_PT_WHAT} [eu|a gente] (gastei|consumi|usei) {_PT} [n]esta semana",
        f"{_PT_POWER} (gastou|consumiu|usou) {_PT_THIS} [n]esta semana",
        f"{_PT_POWER} {_PT_THIS} (gastou|consumiu|usou) [n]esta semana",
    ),
    "zh-Hans": (
        f"{_ZH_OUR}{_ZH_WEEK}{_ZH_USED}",
        f"{_ZH_WEEK}{_ZH_OUR}{_ZH_USED}",
        f"[我们|我]{{meter}}{_ZH_WEEK}{_ZH_USED}",
        f"{_ZH_WEEK}[我们|我]{{meter}}{_ZH_USED}",
    ),
}

PHRASES: Final[Mapping[Question, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {Question.CREDIT: _CREDIT, Question.ALERT: _ALERT, Question.WEEK: _WEEK}
)
"""Question -> language -> sentences that ask it."""
