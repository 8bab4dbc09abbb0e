import type { LessonsAnswer } from "../../src/domain/learning/lessons.ts";
import { subjectsOf } from "../support/learning.ts";
import type { ReceivedAsk } from "../support/model_server.ts";
import { type Program, request } from "../support/program.ts";
import { until } from "../support/until.ts";

/** Address that the sample mails are sent from. */
export const SHOP = "desk@example.org";

interface Lesson {
  readonly subject: string;
  readonly topic: string;
  readonly question: string;
  readonly answer: string;
  /** Number of mails that say it. */
  readonly count: number;
}

const LESSONS: readonly Lesson[] = [
  {
    subject: "Time of delivery",
    topic: "delivery",
    question: "How long does a delivery take?",
    answer: "Three working days within the country, and a week abroad.",
    count: 6,
  },
  {
    subject: "Return of a lamp",
    topic: "returns",
    question: "How are goods sent back?",
    answer: "With the label in the parcel, within 30 days. The money is returned after 5 days.",
    count: 4,
  },
  {
    subject: "Invoice for a company",
    topic: "invoices",
    question: "Can the invoice name a company?",
    answer: "Yes, as long as the order is not shipped. Later, it needs a copy of the order.",
    count: 2,
  },
  {
    subject: "Feet of a chair",
    topic: "spare parts",
    question: "Are spare parts sold?",
    answer: "Yes, for ten years after a model was sold for the last time.",
    count: 1,
  },
];

/** Texts of the sample mails, one mail each. */
const MAILS = LESSONS.flatMap((lesson) =>
  Array.from({ length: lesson.count }, (_, n) => ({ ...lesson, number: n + 1 }))
);

/** Number of mails that `sampleMbox` has. */
export const SAMPLE_MAILS = MAILS.length;

/** An mbox with sent mails, behind `broken` parts that cannot be read. */
export function sampleMbox(broken = 0): string {
  const unreadable = Array.from(
    { length: broken },
    () => "From nobody Mon May  4 08:00:00 2026\nSubject: Without a sender\n\nHello\n\n",
  );
  const mails = MAILS.map(({ subject, answer, number }, index) =>
    [
      `From ${SHOP} Mon May  4 0${index % 10}:00:00 2026`,
      `Message-ID: <${subject.replaceAll(" ", "-")}-${number}@example.org>`,
      `From: The shop <${SHOP}>`,
      `To: customer${index}@example.com`,
      `Subject: Re: ${subject} ${number}`,
      `Date: Mon, 4 May 2026 0${index % 10}:00:00 +0000`,
      "",
      `Hello customer ${index},`,
      "",
      `thank you for your mail. ${answer}`,
      "",
      "Kind regards,",
      "the shop",
      "",
      "",
    ].join("\n")
  );
  return [...unreadable, ...mails].join("");
}

/** Answers a request to learn from mails of `sampleMbox`. */
export function answerLessons(ask: ReceivedAsk): string {
  const lessons = subjectsOf(ask).map((subject) =>
    LESSONS.find((lesson) => subject.includes(lesson.subject))
  );
  const numbersOf = (lesson: Lesson) =>
    lessons.flatMap((found, index) => found === lesson ? [index + 1] : []);
  const answer: LessonsAnswer = {
    mails: lessons.map((lesson, index) => ({
      mail: index + 1,
      tone: "friendly and short",
      greeting: "Hello <name>,",
      signOff: "Kind regards,\nthe shop",
      language: "en",
      topics: lesson ? [lesson.topic] : [],
    })),
    facts: [...new Set(lessons)].flatMap((lesson) =>
      lesson
        ? {
          question: lesson.question,
          answer: lesson.answer,
          scope: "ALL",
          topic: null,
          mails: numbersOf(lesson),
        }
        : []
    ),
  };
  return JSON.stringify(answer);
}

/** Imports the sample mails. */
export async function importSampleMails(program: Program): Promise<void> {
  await importMails(program, sampleMbox());
}

/** Imports the mails of an mbox; those from `SHOP` are the organization's. */
export async function importMails({ address, key }: Program, mbox: string): Promise<void> {
  const response = await fetch(`${address}/import/emails?own=${SHOP}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/mbox" },
    body: mbox,
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`Cannot import mails: ${answer}`);
}

const START = `mutation {
  startEmailLearning { __typename ... on Error { reason }
    ... on StartEmailLearningPayload { learningRun { id } } }
}`;
const RUNS = `{ learningRuns { nodes { id status } } }`;

/** Learns from all imported mails; returns the id of the run. */
export async function learnSampleMails(program: Program): Promise<string> {
  const { startEmailLearning } = await request<
    { startEmailLearning: { learningRun: { id: string } } }
  >(program, START);
  const { id } = startEmailLearning.learningRun;
  await until("the run has ended", async () => {
    const { learningRuns } = await request<
      { learningRuns: { nodes: readonly { id: string; status: string }[] } }
    >(program, RUNS);
    return learningRuns.nodes.some((run) => run.id === id && run.status === "COMPLETED");
  });
  return id;
}
