/** Words that hide the subject of a sentence when they open it. */
const OPENINGS = "what|who|whom|whose|those|whatever|whoever|nobody|somebody";
const SENTENCE = new RegExp(String.raw`(?:^|[.!?] )\W*((?:${OPENINGS})\b[^.]{0,40})`, "gi");
const TEST_NAME = /\b(?:Deno\.test|on[A-Z]\w*|inBrowser\w*)\(\s*["`]([^"`]+)["`]/g;

// Comments, and literals in which comment marks mean nothing. Templates may hold one more level.
const TOKEN =
  /\/\/[^\n]*|\/\*[^]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|\$\{(?:[^`{}]|`[^`]*`|\{[^{}]*\})*\}|[^`\\])*`/g;

/** Standard terms with a banned word: deliveries in flight, an option of Yoga, a component of the router, Playwright. */
const ALLOWED = /in_?\s?flight|landingPage|\bOutlet\b|chromium\.launch/gi;

/** Words of a private language, and their standard terms. */
const BANNED: Readonly<Record<string, string>> = {
  flight: "batch",
  fly: "send",
  flies: "sends",
  flying: "inFlight",
  launch: "send",
  landing: "recorded",
  landed: "recorded",
  outlet: "channel slot",
  outlets: "channel slots",
  tired: "stale",
  bury: "reap",
  buried: "reaped",
  tell: "publish",
  told: "published",
  verdict: "failure class",
  saboteur: "faulty server",
};

/** Figures of speech, as patterns, and the plain words for them. */
const PHRASES: Readonly<Record<string, string>> = {
  "anew": "again, or a verb such as regenerate",
  "for good": "permanently",
  "at last": "finally",
  "says? so": "the field that has the reason",
  "says? why": "the field that has the reason",
  "(?:has|have) got": "has received",
  "becomes? of": "the state or the outcome",
  "(?:goes|go) on": "continue",
  "(?:some|every|no)body(?!@|…)": "person, user or process",
  "some (?:milliseconds|seconds|minutes)": "a few",
  "in the order of its life": "in the order in which it can pass them",
};

/** Texts of a TypeScript source that people read: comments, block by block, and names of tests. */
export function proseOf(source: string): string[] {
  const names = [...source.matchAll(TEST_NAME)].map(([, name = ""]) =>
    name.replaceAll(/\$\{[^}]*\}/g, "…")
  );
  return [...commentsOf(source), ...names];
}

/** Sentences that open with a word in place of their subject; each as far as its first words. */
export function findHiddenSubjects(text: string): string[] {
  return [...text.matchAll(SENTENCE)].map(([, sentence = ""]) => sentence.trim());
}

/** Figures of speech in a text; each with its plain words. */
export function findFigures(text: string): string[] {
  return Object.entries(PHRASES).flatMap(([pattern, words]) =>
    [...text.matchAll(new RegExp(String.raw`\b(?:${pattern})(?!\w)`, "gi"))]
      .map(([phrase]) => `${phrase}: say ${words}`)
  );
}

/** Identifiers of a TypeScript source, or of a path, with a banned word; each with its replacement. */
export function findBannedNames(source: string): string[] {
  const code = source.replaceAll(TOKEN, " ").replaceAll(ALLOWED, " ");
  const names = new Set(code.match(/[A-Za-z_$][\w$]*/g));
  return [...names].flatMap((name) => {
    const words = name.replaceAll(/([a-z])([A-Z])/g, "$1_$2").toLowerCase().split("_");
    return words.filter((word) => Object.hasOwn(BANNED, word))
      .map((word) => `${name}: say ${BANNED[word]}`);
  });
}

function commentsOf(source: string): string[] {
  const blocks: string[] = [];
  let end = -1;
  for (const { 0: token, index } of source.matchAll(TOKEN)) {
    const line = token.startsWith("//");
    if (!line && !token.startsWith("/*")) continue;
    const text = token.replaceAll(/^\/\/ ?|^\/\*+|\*+\/$|^ *\* ?/gm, "")
      .replaceAll(/@(param \S+|\w+)( \{[^}]*\})?/g, ". ").replaceAll(/\s+/g, " ").trim();
    const continues = line && end >= 0 && source.slice(end, index).trim() === "";
    if (continues) blocks.push(`${blocks.pop() ?? ""} ${text}`);
    else blocks.push(text);
    end = line ? index + token.length : -1;
  }
  return blocks;
}
