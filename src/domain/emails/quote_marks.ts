// Verbs of attribution lines, from mail programs in 17 languages.
const WROTE =
  /(?<!\p{L})(?:wrote|writes|schrieb|écrit|escribió|ha scritto|scrive|escreveu|schreef|geschreven|skrev|kirjoitti|napisał(?:\(a\)|a)?|pisze|napsal\(?a?\)?|írta|a scris|написала?|пишет|yazdı|έγραψε|写道|寫道|のメッセージ|작성)(?!\p{L})/iu;
const OPENER =
  /^\s*(?:on|am|le|el|il|in data|em|op|den|på|w dniu|dnia|dne|pe|ma|ti|ke|to|la|su|a|în|в|στις)(?!\p{L})/iu;
const ADDRESS = /[^\s@<>]+@[^\s@<>]+/;
const TIME = /\d{1,2}[:.h]\d{2}/;
const COLON = /[::]\s*$/;
// Gmail in Japanese has no verb: "2026年5月3日(日) 10:00 Anna <anna@example.com>:".
const WITHOUT_VERB = /^\s*\d{4}[年/.-].*<[^<>\s]+@[^<>\s]+>\s*[::]\s*$/;
// A longer line is a paragraph. The bound also keeps the patterns fast on any text.
const MAX_LENGTH = 300;
const MAX_LINES = 3;

/** Line of a program that introduces a quoted mail: "On 3 May 2026 at 10:00, Anna <anna@example.com> wrote:". */
export interface Attribution {
  /** Number of lines; mail programs wrap long ones. */
  readonly lines: number;
  /** Whether it contains an address or a time, which distinguishes it from a sentence. */
  readonly isCertain: boolean;
}

/** Finds an attribution that begins at a line. */
export function attributionAt(lines: readonly string[], start: number): Attribution | null {
  for (let count = 1; count <= MAX_LINES; count++) {
    const taken = lines.slice(start, start + count);
    if (taken.length < count || taken.at(-1)?.trim() === "") return null;
    const text = taken.join(" ");
    if (text.length > MAX_LENGTH) return null;
    if (isAttribution(text)) {
      return { lines: count, isCertain: ADDRESS.test(text) || TIME.test(text) };
    }
    if (!OPENER.test(text) && !ADDRESS.test(text) && !/^\s*\d/.test(text)) return null;
  }
  return null;
}

function isAttribution(text: string): boolean {
  return COLON.test(text) &&
    (WROTE.test(text) && (/\d/.test(text) || ADDRESS.test(text)) || WITHOUT_VERB.test(text));
}

const FROM =
  /^[\s*]*(?:from|von|de|da|van|fra|från|od|lähettäjä|feladó|от|від|kimden|差出人|发件人|寄件者|보낸 사람)\s?\*?\s?[::]/iu;
const OTHER_FIELD =
  /^[\s*]*(?:sent|date|to|cc|subject|gesendet|datum|an|kopie|betreff|envoyé|à|objet|enviado(?: el)?|enviada em|fecha|para|asunto|assunto|inviato|data|a|oggetto|verzonden|aan|onderwerp|sendt|dato|til|emne|skickat|till|ämne|wysłano|do|dw|temat|odesláno|komu|předmět|lähetetty|päiväys|vastaanottaja|aihe|отправлено|дата|кому|тема|送信日時|日時|宛先|件名|发送时间|收件人|主题|보낸 날짜|받는 사람|제목)\s?\*?\s?[::]/iu;
const SEPARATOR =
  /^\s*-{4,}\s*(?=\p{L})[\p{L}\p{M}' /.-]{6,40}?-{4,}\s*$|^\s*(?:begin forwarded message|anfang der weitergeleiteten nachricht)\s?:\s*$/iu;

/**
 * Whether an unmarked quote of the answered mail begins here: "-----Original Message-----", or the header block of
 * Outlook.
 */
export function isCopyAt(lines: readonly string[], start: number): boolean {
  const line = lines[start] ?? "";
  if (line.length > MAX_LENGTH) return false;
  if (SEPARATOR.test(line)) return true;
  if (!FROM.test(line)) return false;
  const following = lines.slice(start + 1, start + 6);
  return following.filter((other) => OTHER_FIELD.test(other.slice(0, MAX_LENGTH))).length >= 2;
}

const SIGNATURE = [
  // RFC 3676 §4.3; most programs remove the space.
  /^-- ?$/,
  // Footers of Outlook on the web and of Mailman.
  /^\s*_{20,}\s*$/,
  /^\s*(?:sent from (?:my|mail for|outlook|yahoo)|get outlook for|gesendet (?:von|mit) (?:meine[mr]|outlook|der)|von meinem .{1,40} gesendet|envoyé (?:de|depuis) (?:mon|mes|outlook)|télécharger outlook|enviado (?:desde|do) (?:mi|meu)|inviato da(?:l mio)? |verzonden (?:vanaf|met)|verstuurd vanaf|skickat från min|sendt fra min|wysłane z |lähetetty .{1,40}sta)/iu,
];

/** Whether a line begins the signature, or is the footer of a mail program. */
export function isSignature(line: string): boolean {
  return line.length <= 120 && SIGNATURE.some((pattern) => pattern.test(line));
}
