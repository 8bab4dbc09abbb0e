/*
 * Words of mail servers by cause. They are matched against `Reply.words`, in any case. Distances are
 * bounded, because a reply can be a megabyte long.
 */

function anyOf(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => `(?:${source})`).join("|"), "i");
}

/** The server requires a login. */
export const LOGIN_REQUIRED = anyOf(
  /authenticat\w* (?:is )?required|not authenticated|log ?in (?:is )?required/,
  /\b(?:must|need to|please) (?:first )?(?:authenticate|log ?in)/,
);

/** Too many mails or connections in a period. */
export const RATE = anyOf(
  /\btoo many (?!hops|received|messages (?:on|in)\b)/,
  /\btoo (?:quickly|fast|frequent)|unexpected volume/,
  /\brate\b|\brate-?limit|frequency limit|throttl|gr[ea]y-?list/,
  /\b(?:sending|messages?|connections?|recipients?|daily|hourly) limits?\b/,
);

/** Quota of our account at the provider. */
export const SENDING_QUOTA = anyOf(
  /\b(?:daily|hourly|monthly|sending|outbound|outgoing|your) (?:\w+ ){0,3}quota/,
  /\bquota (?:\w+ ){0,3}per (?:hour|day|month)/,
);

/** Full mailbox. */
export const FULL = anyOf(
  // As a part of words, too: overquota, diskquota, QuotaExceeded; but not quotation.
  /quotas?(?:exceeded)?\b/,
  /\b(?:mail[- ]?box|folder|inbox|maildir|account|user|recipient|storage)\b[^.;!?]{0,80}\bfull\b/,
  /\bfull (?:mail[- ]?box|inbox)/,
  // Not "size of the message exceeds", though the mailbox is named before.
  /\b(?:mail[- ]?box|mail ?file|inbox|maildir|storage)\b(?:(?!\b(?:message|mail|hop)\b)[^.;!?]){0,60}\b(?:exceed|limit\b|reached\b)/,
  /\bexceed\w* (?:\w+ ){0,4}(?:storage|space|capacity|mail[- ]?box size)/,
  /\b(?:no|not enough|insufficient|out of) (?:mail[- ]?box |user |mail )?(?:storage|space)\b(?! left)/,
  /\bspace (?:\w+ ){0,3}used up|\btoo many messages (?:on|in)\b/,
);

/** Full disk: of the mailbox or of the server. */
export const DISK_FULL =
  /\bdisk (?:is )?full|\bdis[ck] space|no space left|system storage|\bsystem (?:is )?full/i;

/** Mail that is too large. */
export const TOO_LARGE = anyOf(
  /\b(?:message|e?-?mail|content|body|header|line|attachment)s? (?:\w+ ){0,3}exceed/,
  /\btoo (?:big|large|long)\b|\b(?:size|length|line) limit/,
);

/** Sender: its address, authentication, host, block lists and relaying. */
export const SENDER = anyOf(
  /(?<!\bto (?:the )?)\bsenders?\b|\b(?:bad)?mail[- ]?from\b|return[- ]path|\bpurported\b/,
  /\bfrom:? (?:address|header|field|domain)|\bvalid from\b|\bsending (?:domain|host|server)/,
  /\b(?:spf|dkim|dmarc|batv)\b|authenticat|not verified|log ?in failed/,
  // Host. The parameter "ip=" is a part of many links.
  /\breverse\b|\br-?dns\b|\bptr\b|\bdns[- ](?:list|records?\b|entr)/,
  /\b(?:forward|matching|valid) (?:dns|lookup|hostname)|\bname lookup failed|\bresolv(?:e|ed|able)\b/,
  /\b(?:he|eh)lo\b|\bclient (?:host|ip|address)|\bips?\b(?!=)|\bdynamic\b|\bdial-?up\b/,
  /\byour (?:\w+ )?(?:host(?:name)?|ip|server|domain|network|isp|mta|relay|system|client|account)\b/,
  /\byour (?:\w+ )?address(?! book)|\b(?:mx|a|aaaa)[- ](?:resource )?records?\b|(?<!\b(?:null|host) )\bmx\b|\bmail exchanger/,
  // Block lists.
  /(?:black|block|deny)[- ]?list|(?<!\bnot )\blisted (?:in|on|at|by)\b|\bbanned\b|reputation/,
  /\b\w*(?:dnsbl|rbl|ribl|surbl)s?\b|\b[bcdpsx]bl\b|spamhaus|spamcop|sorbs|barracuda|abuseat/,
  /abusix|senderscore|invaluement|cloudmark|mailspike|uceprotect|backscatter/,
  // Postfix names a table "relay recipient table".
  /\brelay(?:ing)?\b(?! recipient|=)|rcpthosts/,
);

/** Host names that are kept in `Reply.words`, because a reply may name only the block list. */
export const BLOCK_LIST_HOST =
  /spamhaus|spamcop|sorbs|barracuda|abuseat|abusix|dnsbl|rbl|uribl|surbl|senderscore|cloudmark/;

/** Content of the mail, and policies of the server or the recipient. */
export const POLICY = anyOf(
  /spam|unsolicited|\bu[bc]e\b|\bbulk\b|\bjunk\b|\babus|complain|\b(?:un)?block(?:ed|ing)?\b/,
  /virus|malware|trojan|phish|infected|spoof|forge|suspicious|fraud|threat|content|attachment/,
  /polic(?:y|ies)|filter|denied|prohibit|forbid|disallow|restrict|refus|violat|security/,
  /\bnot (?:allowed|permitted|authori[sz]ed|accepted(?! -- invalid mailbox)|welcome|wanted)/,
  /unauthori[sz]ed|permission/,
  /\bservice (?:\w+ )?(?:is )?(?:unavailable|not available)|not accepting|preference/,
  /\baccepts? (?:\w+ ){0,2}(?:e?-?mails?|messages?) from|\battacks?\b|\bharvest|(?<!& )\baddress book/,
  /\breject(?:ed|s)? by (?:the |this )?(?:user|recipient|owner)|\buser (?:reject|rule)|badrcptto/,
);

/** Form of the conversation or of the mail, and loops. */
export const PROTOCOL = anyOf(
  /syntax|protocol|(?:not |un)implemented|unrecogni[sz]ed|sequence of commands|bad sequence/,
  /malformed|\brfc ?\d|smtputf8|8-?bit|non-?ascii|\bbare (?:lf|line ?feed|newline)|\bparameter/,
  /\bloop(?:s|ed|ing)?\b|\bhops?\b|\btoo many received|\btls\b|encrypt|certificate/,
);

/** Causes that may pass, or that the server itself does not know. */
export const UNCERTAIN = anyOf(
  /temporar|\btry (?:\w+ ){0,3}later\b|time(?:d|s)? ?out|\bexpired\b|\bm(?:ay|ight) not\b/,
  /\blookup (?:\w+ ){0,4}(?:fail|error)|\bverif(?:y|ied|ication)|callout|not found, try again/,
  /\b(?:internal|server|system|database|ldap|configuration) (?:error|failure|problem)/,
);

/** Mailbox that exists, or existed, and accepts no mail. */
export const DISABLED =
  /disabled|deactivated|suspended|discontinued|\blocked\b|frozen|\bon hold\b/i;

/** Causes that a server reports as 5.1.1 by mistake; a plain "no such user" is none of them. */
export const OTHER_CAUSE = anyOf(
  /\b(?:message|connection|transaction)s? (?:\w+ ){0,3}(?:rejected|accepted|failed|closed)\b/,
  /\b(?:message|mail(?! (?:address|account|box)))s? (?:\w+ ){0,3}(?:rejected|scored|missing|invalid)\b/,
  /\b(?:space|storage|limit|capacity|memory|exhausted|allowed size)\b|\bexceed/,
  /\bmessage-id|\bheader (?:is )?(?:invalid|missing)|\b(?:invalid|missing|bad) (?:\w+ )?header/,
  /\bsignature|\balignment|\bdomain ?key|\bcommand (?:not|rejected|invalid)|\benvelope from/,
  /\bauth\b|authori[sz]ation|\blog ?in\b|\bmembers?\b|\b(?:mailing|closed) list|\bcycle\b/,
  /\b(?:e-?mail (?:was )?rejected|invalid message|score|aup|terms of|marketing|unsubscrib|moderated)/,
  /heuristic|impersonat|white-?list|allow-?list|credential|password|callback|validation failed/,
  /\b(?:busy|overload|deferred|try again|unexpected|resources|queue|disk|maintenance|misconfigur)/,
  /\bdns\b|nxdomain|servfail|starttls|pipelin|out of order|\bi\/o\b|\bcan ?not (?:open|access)\b/,
  /\b(?:internal|external|outside)\b|\bnot (?:a |our )?(?:local )?domain\b|\bdomain (?:is )?not (?:hosted|local)/,
);

// Nouns and predicates of "unknown user" and "user unknown".
const ADDRESSEE =
  "user(?: ?name)?|recipient|mail[- ]?box|account|address(?! error)|addressee|alias|person|local[- ]part";
const NOT_OURS = "ip|client|host|source|remote|network|from|return|sending";
const MISSING = "unknown|not found|not known|not listed in|not present in|no longer exists?" +
  "|(?:does ?n[o']?t|do not|did not|not) exist" +
  // Gmail continues with "or is unable to receive mail".
  "|(?:could ?n[o']t|couldn't|can ?not|was not) (?:be )?found(?!, or)";
const NOT_EXISTING = "no such|unknown|non[- ]?exist(?:ent|ing)|not an? (?:valid|known|existing)";

/** Missing mailbox. "Unknown address error" is the name of the class 5.1.0, and says nothing. */
export const NO_MAILBOX = anyOf(
  new RegExp(`\\b(?:${NOT_EXISTING}) (?:[\\w-]{1,20} )?(?:${ADDRESSEE})`),
  new RegExp(
    `(?<!\\b(?:${NOT_OURS}) )\\b(?:${ADDRESSEE})\\b` +
      `(?:(?!\\b(?:host|server|dns|record)\\b)[^.;!?]){0,60}\\b(?:${MISSING})\\b`,
  ),
  /\b(?:no|an?) (?:mail[- ]?box|account|user|one|recipient) (?:\w+ ){0,2}by (?:that|this|the) name/,
  /(?:\bcan ?not|can't|\bcould not|\bunable to) find (?:an? |the )?(?:user|recipient|mail[- ]?box|account)\b/,
  /\bno (?:user|account|mail[- ]?box) (?:was )?found\b|\bno longer has an? (?:account|mail[- ]?box)\b/,
  /\bthere is no one at this address|\buser does(?:n't| not) have an? (?:\S+ )?account/,
  /\binvalid recipient\b|\bunknown or (?:illegal|invalid) (?:alias|user|address)/,
  /\brecip(?:ient)?notfound\b|\brecipient no longer on (?:this )?server/,
);

/** Missing domain of the recipient; in a reply to the content of a mail, it may be the author's. */
export const NO_DOMAIN = anyOf(
  new RegExp(`\\b(?:${NOT_EXISTING}) domain\\b`),
  new RegExp(`\\bdomain(?: name)?(?: is| was)? (?:${MISSING})\\b`),
  /\bhost unknown \((?:name server|authoritative)/,
);
