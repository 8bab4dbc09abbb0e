import type { ParsedMail } from "./mail.ts";

// By language of the mail program: en, de, fr, es, it, pt, pl, sv, fi, nl, tr, zh. Not the Danish VS, which is an
// answer in Finnish.
const SUBJECT = /^(?:fwd?|wg|tr|rv|i|enc|pd|vb|vl|doorst|ilt|转发|轉寄)\s*[::]/iu;
const ANSWER = /^(?:re|aw|sv|antw|odp|res|rif|vs|ynt|回复|答复)\s*(?:\[\d+\])?\s*[::]/iu;
const BEGIN = [
  // Gmail, Yahoo, Thunderbird: a line between dashes.
  /^-{3,}[ \t]*(?:forwarded message|weitergeleitete nachricht|message transféré|message transmis|mensaje reenviado|messaggio inoltrato|mensagem (?:re)?encaminhada|doorgestuurd bericht|przekazana wiadomość|vidarebefordrat meddelande|videresendt (?:meddelelse|melding)|пересылаемое сообщение|転送メッセージ)[ \t]*-{3,}[ \t]*$/imu,
  // Apple Mail.
  /^(?:begin forwarded message|anfang der weitergeleiteten nachricht|début du message (?:réexpédié|transféré)|inicio del mensaje reenviado|inizio messaggio inoltrato|begin doorgestuurd bericht|início da mensagem (?:re)?encaminhada|vidarebefordrat mejl|videresendt melding)[ \t]?:[ \t]*$/imu,
];
// The forwarded mail must begin near the top.
const SEARCHED_LENGTH = 10_000;

/** Whether a mail forwards another person's mail; a reply to a forwarded mail does not. */
export function isForwarded({ subject, text }: ParsedMail): boolean {
  if (SUBJECT.test(subject)) return true;
  if (ANSWER.test(subject)) return false;
  const beginning = text.slice(0, SEARCHED_LENGTH);
  return BEGIN.some((pattern) => pattern.test(beginning));
}
