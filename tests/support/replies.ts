/** Answers of several mail programs as plain text, each with what its sender wrote. */
export const REPLIES: Readonly<Record<string, readonly [text: string, written: string]>> = {
  "Gmail, wrapped attribution": [
    `Blue, please.

On Sun, May 3, 2026 at 10:00 AM Anna Example, Customer Service
<anna@example.com> wrote:

> Which color do you want?
> Anna
`,
    "Blue, please.",
  ],
  "Gmail in German": [
    `Lieber in Blau.

Viele Grüße
Max

Am So., 3. Mai 2026 um 10:00 Uhr schrieb Anna <anna@example.com>:

> Welche Farbe?
`,
    "Lieber in Blau.\n\nViele Grüße\nMax",
  ],
  "Thunderbird in German, answers between quotes": [
    `Am 03.05.26 um 10:00 schrieb Anna:
> Welche Farbe?
Blau.

> Wie viele?
Zwei.

-- 
Max Muster
Musterstraße 1
`,
    "Blau.\n\nZwei.",
  ],
  "Gmail in French": [
    `En bleu, merci.

Le dim. 3 mai 2026 à 10:00, Anna <anna@example.com> a écrit :

> Quelle couleur ?
`,
    "En bleu, merci.",
  ],
  "Gmail in Spanish, quote without marks": [
    `En azul, gracias.

El dom, 3 may 2026 a las 10:00, Anna (<anna@example.com>) escribió:

¿De qué color?
Anna
`,
    "En azul, gracias.",
  ],
  "Gmail in Japanese": [
    `青でお願いします。

2026年5月3日(日) 10:00 Anna <anna@example.com>:

> 何色ですか
`,
    "青でお願いします。",
  ],
  "Gmail in Polish": [
    `Niebieski.

niedz., 3 maj 2026 o 10:00 Anna <anna@example.com> napisał(a):

> Jaki kolor?
`,
    "Niebieski.",
  ],
  "Outlook on Windows": [
    `Blue, please.

Kind regards,
Max

From: Anna Example <anna@example.com>
Sent: Sunday, 3 May 2026 10:00
To: Max Sample <max@example.net>
Subject: Your order

Which color do you want?
`,
    "Blue, please.\n\nKind regards,\nMax",
  ],
  "Outlook in German, without an address": [
    `In Blau, bitte.

Von: Anna Beispiel
Gesendet: Sonntag, 3. Mai 2026 10:00
An: Max Muster
Betreff: Ihre Bestellung

Welche Farbe?
`,
    "In Blau, bitte.",
  ],
  "Outlook in French": [
    `En bleu.

De : Anna Exemple <anna@example.com>
Envoyé : dimanche 3 mai 2026 10:00
À : Max <max@example.net>
Objet : Votre commande

Quelle couleur ?
`,
    "En bleu.",
  ],
  "Outlook 2003": [
    `Blue.

-----Original Message-----
From: Anna [mailto:anna@example.com]
Sent: Sunday, May 03, 2026 10:00 AM

Which color?
`,
    "Blue.",
  ],
  "Outlook on the web": [
    `Blue.

Get Outlook for Android<https://aka.ms/AAb9ysg>
________________________________
From: Anna <anna@example.com>
Sent: Sunday, May 3, 2026 10:00:00 AM
To: Max <max@example.net>
Subject: Your order

Which color?
`,
    "Blue.",
  ],
  "Apple Mail on a phone": [
    `Blue

Sent from my iPhone

> On 3 May 2026, at 10:00, Anna <anna@example.com> wrote:
> 
> Which color?
`,
    "Blue",
  ],
  "an answer below the quote": [
    `On Sun, 3 May 2026, Anna wrote:

> Which color?

Blue.

Max
`,
    "Blue.\n\nMax",
  ],
  "a list": [
    `On 3.5.2026 10:00, Anna wrote:
> Which color?

Blue.
_______________________________________________
Colors mailing list
Colors@lists.example.com
`,
    "Blue.",
  ],
  "an answer without quotes": [
    `Hello Anna,

on Monday you wrote: two pieces. From: here to there I need three.
To: be clear, three.

Max`,
    `Hello Anna,

on Monday you wrote: two pieces. From: here to there I need three.
To: be clear, three.

Max`,
  ],
  "nothing but a quote": ["> Which color?\n", ""],
};
