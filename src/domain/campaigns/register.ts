import type { Connection, Database } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { CHANNEL_RULES } from "../channel_rules/channel_rules.ts";
import {
  checkContact,
  type Contact,
  type ContactInput,
  type NewContact,
  tidyContact,
} from "../contacts/contact.ts";
import { mergeContacts } from "../contacts/merge.ts";
import { resolveAddresses, upsertContacts } from "../contacts/upsert.ts";
import { invalid, InvalidInputError } from "../errors.ts";
import { group } from "../group.ts";
import type { Services } from "../services.ts";
import { announceMails, enrolContacts, type Enrolment } from "./enrol.ts";
import { shareCampaigns } from "./lock.ts";

/** Input of `registerContact`. */
export interface RegisterContactInput extends ContactInput {
  /** Whether the contact gets the mails of campaigns with the trigger SIGNUP. */
  readonly sendWelcome: boolean;
}

/** Contact that has signed up. */
export interface Registered {
  readonly contact: Contact;
  /** False: an existing contact was changed. */
  readonly created: boolean;
  /** Mails that were created for it by this call. */
  readonly deliveryIds: readonly string[];
}

interface Registration {
  readonly organizationId: string;
  readonly contact: NewContact;
  readonly welcome: boolean;
}

/** Several registrations of one contact. */
interface Person {
  readonly organizationId: string;
  readonly contact: NewContact;
  readonly welcome: boolean;
  /** Positions of the registrations. */
  readonly indexes: readonly number[];
}

type Outcome = Registered | InvalidInputError;
type Register = (registration: Registration) => Promise<Registered>;

// The same limit as for messages that are sent at once.
const GROUP_INTERVAL_MS = 4;
const PSID_TAKEN = "belongs to a contact with another email address";
const registers = new WeakMap<Database, Register>();

/**
 * Registers a contact that signs up, or changes the one with the same address. The same transaction queues the mails of
 * campaigns with the trigger SIGNUP, and enrols the contact in those with a date. Repeated registrations send no
 * campaign twice. Registrations that arrive while others are being written share the next transaction, because a commit
 * costs more than the rows of a contact.
 *
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} with every fault; nothing is written then
 */
export async function registerContact(
  services: Services,
  caller: Caller,
  { sendWelcome, ...input }: RegisterContactInput,
): Promise<Registered> {
  requireAdmin(caller, "register contacts");
  const contact = tidyContact(input);
  const issues = checkContact(contact, []);
  if (issues.length > 0) throw new InvalidInputError(issues);
  const { db } = services;
  const register = registers.get(db) ?? group<Registration, Registered>(
    (items) => registerAll(services, items),
    GROUP_INTERVAL_MS,
  );
  registers.set(db, register);
  return await register({ organizationId: caller.organizationId, contact, welcome: sendWelcome });
}

async function registerAll(
  services: Services,
  registrations: readonly Registration[],
): Promise<Outcome[]> {
  const outcomes = new Map<number, Outcome>();
  const people = peopleOf(registrations, outcomes);
  const organizationIds = [...new Set(people.map((person) => person.organizationId))].sort();
  const mails = await services.db.transaction(async (tx) => {
    await shareCampaigns(tx, organizationIds);
    const welcomes = new Map<string, boolean>();
    for (const id of organizationIds) {
      const ofOrganization = people.filter((person) => person.organizationId === id);
      for (const [contact, { welcome }] of await write(tx, id, ofOrganization, outcomes)) {
        welcomes.set(contact.id, welcome);
      }
    }
    const contacts = [...welcomes].map(([contactId, welcome]) => ({ contactId, welcome }));
    return await enrolContacts(tx, organizationIds, contacts);
  });
  announceMails(services, mails);
  announceContacts(services, outcomes);
  const byContact = Map.groupBy(mails, ({ contactId }) => contactId);
  return registrations.map((_, index) => withMails(outcomes.get(index), byContact));
}

/** Merges the registrations of each person; records the refused ones in `outcomes`. */
function peopleOf(
  registrations: readonly Registration[],
  outcomes: Map<number, Outcome>,
): Person[] {
  const numbered = registrations.map((registration, line) => ({ ...registration, line }));
  const groups = Map.groupBy(numbered, ({ organizationId }) => organizationId);
  return [...groups].flatMap(([organizationId, ofOrganization]) => {
    const { merged, conflicting } = mergeContacts(ofOrganization);
    for (const line of conflicting) outcomes.set(line, invalid(["psid"], "TAKEN", PSID_TAKEN));
    return merged.map(({ contact, lines }): Person => ({
      organizationId,
      contact,
      indexes: lines,
      welcome: lines.some((line) => registrations[line]?.welcome),
    }));
  });
}

/** Writes the contacts of one organization; records the contacts or their errors in `outcomes`. */
async function write(
  tx: Connection,
  organizationId: string,
  people: readonly Person[],
  outcomes: Map<number, Outcome>,
): Promise<[Contact, Person][]> {
  const taken = await resolveAddresses(tx, organizationId, people.map(({ contact }) => contact));
  const isTaken = ({ contact: { email, psid } }: Person) =>
    email !== null && psid !== null && taken.has(psid);
  for (const { indexes } of people.filter(isTaken)) {
    for (const index of indexes) outcomes.set(index, invalid(["psid"], "TAKEN", PSID_TAKEN));
  }
  const free = people.filter((person) => !isTaken(person));
  const byKey = new Map(free.map((person) => [keyOf(person.contact), person]));
  const contacts = free.map(({ contact }) => contact);
  const upserted = await upsertContacts(tx, organizationId, contacts, true);
  return upserted.map(({ created, ...contact }) => {
    const person = byKey.get(keyOf(contact)) ?? byKey.get(`psid ${contact.psid}`);
    if (!person) throw new Error(`Cannot find the registration of contact ${contact.id}`);
    person.indexes.forEach((index, at) =>
      outcomes.set(index, { contact, created: created && at === 0, deliveryIds: [] })
    );
    return [contact, person];
  });
}

function keyOf({ email, psid }: Pick<Contact, "email" | "psid">): string {
  return email === null ? `psid ${psid}` : `email ${CHANNEL_RULES.EMAIL.normalizeAddress(email)}`;
}

function withMails(
  outcome: Outcome | undefined,
  byContact: ReadonlyMap<string, readonly Enrolment[]>,
): Outcome {
  if (!outcome) throw new Error("A registration has no outcome");
  if (outcome instanceof InvalidInputError) return outcome;
  const mails = byContact.get(outcome.contact.id) ?? [];
  return { ...outcome, deliveryIds: mails.map(({ deliveryId }) => deliveryId) };
}

function announceContacts({ bus }: Services, outcomes: ReadonlyMap<number, Outcome>): void {
  const contacts = [...outcomes.values()].flatMap((outcome) =>
    outcome instanceof InvalidInputError ? [] : outcome.contact
  );
  for (const [id, ofOrganization] of Map.groupBy(contacts, (contact) => contact.organizationId)) {
    bus.publish("contacts", id, ofOrganization.map((contact) => contact.id));
  }
}
