-- Descriptions of tables, and of columns whose names are not enough.

comment on table organizations is 'Tenants; every other row belongs to one.';

comment on table api_keys is 'API keys of callers.';
comment on column api_keys.user_id is 'User that the key acts for; null for keys of the organization.';
comment on column api_keys.hash is 'SHA-256 of the secret, which has 256 random bits.';
comment on column api_keys.prefix is 'First characters of the secret, to recognize the key.';
comment on column api_keys.last_used_at is 'Time of the last request; null if never used.';
comment on column api_keys.expires_at is 'Null: the key does not expire.';
comment on column api_keys.revoked_at is 'Null: the key was not revoked.';

comment on sequence job_fence is 'Source of fences; each claim of a job takes the next number.';

comment on table workers is
  'Registered workers. A worker is alive as long as its row exists; another replica deletes expired rows.';
comment on column workers.heartbeat_at is 'Time of the last renewal of the lease.';
comment on column workers.lease_until is 'End of the lease; the worker may be reaped after it.';
comment on column workers.lanes is 'Slots by lane, in the order of the lanes: json, because jsonb sorts keys.';
comment on column workers.last_cycle is 'Work that was started between the last two renewals.';
comment on column workers.last_cycle_at is 'Time of last_cycle.';

comment on table jobs is 'Jobs of all kinds, unfinished and retained ones.';
comment on column jobs.lane is 'Lane whose worker slots the job uses.';
comment on column jobs.topic is
  'Unit of fair share within an organization: the type of the message, or the kind of the job.';
comment on column jobs.status is 'SCHEDULED jobs are due later, or parked; the API shows them as QUEUED.';
comment on column jobs.priority is 'Higher priorities are claimed first within a topic.';
comment on column jobs.run_at is 'Time from which the job may be claimed; infinity: parked until resumed.';
comment on column jobs.attempt is 'Number of the current or last attempt; 0 before the first.';
comment on column jobs.crashes is
  'Workers that died while they ran the job, since its last settled attempt; it fails at 3 at the earliest.';
comment on column jobs.fence is
  'Number of the current claim, null unless PROCESSING. A write with another fence changes nothing.';
comment on column jobs.worker_id is 'Worker of the current or last claim.';
comment on column jobs.cancel_requested is 'True after cancelJob, until the running attempt has ended.';
comment on column jobs.unique_key is
  'At most one unfinished job of an organization has the same key; null: no limit.';
comment on column jobs.subject is 'TypeID of the object that the job works on, for example a message.';
comment on column jobs.payload is 'Input, in the form of the kind.';
comment on column jobs.progress is
  'Counters total, processed, succeeded, failed and skipped; null before the first report.';
comment on column jobs.error is 'Error of the last failed attempt.';
comment on column jobs.result is 'Result of a completed job, in the form of the kind.';

comment on table job_attempts is
  'Ended attempts of jobs. Without a foreign key, which would lock the job once more for each attempt.';
comment on column job_attempts.fence is 'Fence of the claim that made the attempt.';
comment on column job_attempts.number is 'Number of the attempt, from 1; starts again after retryJob.';

comment on table schedules is 'Recurring jobs by cron expression.';
comment on column schedules.next_at is
  'Time of the next fire. A fire moves it in the transaction that enqueues the job.';

comment on table schedule_fires is
  'Fires of schedules. The primary key makes each tick fire once in any number of processes.';
comment on column schedule_fires.nominal_at is 'Time of the tick by the cron expression.';
comment on column schedule_fires.fired_at is 'Time of the fire by the clock of the database.';
comment on column schedule_fires.outcome is 'Outcome of the job, kept because the job is deleted earlier; null until it ends.';
comment on column schedule_fires.processed_count is 'Objects that the job processed, for example messages.';
comment on column schedule_fires.recipient_count is 'Recipients of these objects.';

comment on table audiences is 'Lists of recipients that were imported for one message or many.';
comment on column audiences.channel is 'Channel of the addresses.';
comment on column audiences.variable_names is 'Names of the variables that at least one recipient has.';
comment on column audiences.taken is 'Imported rows.';
comment on column audiences.collapsed is 'Rows whose address was already in the audience.';
comment on column audiences.refused is 'Invalid rows.';
comment on column audiences.bytes_total is 'Size of the upload in bytes; null if unknown.';

comment on table audience_recipients is
  'Recipients of audiences. Without a foreign key, which would halve the rate of an import.';
comment on column audience_recipients.n is 'Position in the audience, from 1 without gaps.';

comment on table audience_refused_rows is 'The first 1,000 invalid rows of an import.';
comment on column audience_refused_rows.line is 'Line of the file, from 1.';

comment on table messages is 'Messages to many recipients.';
comment on column messages.type is 'Unit of fair share within the organization, for example newsletter.';
comment on column messages.send_at is 'Time to start sending; null: at once.';
comment on column messages.on_unknown is
  'Handling of deliveries with unknown outcome: HOLD keeps them UNKNOWN, RESEND sends them again.';
comment on column messages.idempotency_key is
  'At most one message of an organization has the same key; null: no limit.';
comment on column messages.recipient_count is 'Number of recipients without duplicates.';
comment on column messages.duplicate_count is 'Recipients that were dropped as duplicates.';
comment on column messages.planned_count is
  'Recipients that are in batches. Planning continues with the next position.';
comment on column messages.pause_code is 'Error code that paused the message; null if a user did.';
comment on column messages.pause_provider_ids is
  'Providers whose errors paused the message; null if a user did.';
comment on column messages.retry_rounds is 'Retry rounds after the first pass.';
comment on column messages.pass_started_at is 'Start of the current pass; its rate counts from there.';
comment on column messages.pass_ended_count is 'Deliveries that had ended when the current pass started.';

comment on table batches is 'Up to 100 deliveries of a message, the work of one SEND_BATCH job.';
comment on column batches.number is 'Number within the message, from 1.';
comment on column batches.round is 'Round that the batch belongs to; 1: the first pass.';
comment on column batches.lo is 'First position of the batch in the first round; null for a retry.';
comment on column batches.hi is 'Last position of the batch in the first round; null for a retry.';
comment on column batches.picked is 'Positions of the deliveries of a retry; null in the first round.';
comment on column batches.size is 'Number of deliveries.';
comment on column batches.step is
  'Number of recorded steps. A step is recorded only if this number is unchanged (compare-and-set).';
comment on column batches.win is
  'Window: positions of the deliveries in flight. Deliveries that a crash leaves here become UNKNOWN.';

comment on table deliveries is 'Recipients of messages, with the state of their delivery.';
comment on column deliveries.n is 'Position in the message, from 1 without gaps.';
comment on column deliveries.batch_number is 'Batch that sends the delivery, or sent it last.';
comment on column deliveries.status is
  'PENDING includes SENDING (listed in batches.win) and CANCELLED (the message was cancelled).';
comment on column deliveries.attempt is 'Counted attempts; throttled tries do not count.';
comment on column deliveries.tries is 'All tries, throttled ones included.';
comment on column deliveries.deferrals is 'Throttled tries since the last counted attempt.';
comment on column deliveries.not_before is 'Earliest time of the next try; null: at once.';
comment on column deliveries.retryable is 'True if another attempt may succeed.';
comment on column deliveries.provider is 'Provider that accepted the delivery, or was tried last.';
comment on column deliveries.provider_message_id is 'Id that the provider gave to the message.';

comment on table delivery_attempts is 'Tries at deliveries; rows are only appended.';
comment on column delivery_attempts.tries is 'Number of the try, from 1.';
comment on column delivery_attempts.attempt is 'Number of counted attempts up to this try.';
comment on column delivery_attempts.counted is
  'False for a throttled try, and for a try after which another provider took over.';

comment on table delivery_stats is
  'Counters that only grow, per batch, so that no two workers wait for one row; see delivery_counters.';
comment on column delivery_stats.minute is 'Minute of the outcome.';
comment on column delivery_stats.attempt is 'Number of the attempt that had the outcome.';
comment on column delivery_stats.outcome is
  'SENT, FAILED, UNKNOWN, BOUNCED and COMPLAINED add deliveries to that state; RETRIED, RESOLVED, RESENT, '
  'BOUNCE_RETRIED and BOUNCE_RAISED subtract them; delivery_counters has the effect of each.';
comment on column delivery_stats.error_type is 'Empty for SENT.';
comment on column delivery_stats.n is 'Number of deliveries.';

comment on table suppressions is
  'Addresses that receive nothing, with one row per reason, so that removing one reason keeps the others.';
comment on column suppressions.address is 'In lower case.';
comment on column suppressions.delivery_id is 'Delivery that caused the entry; null if a user added it.';

comment on table secrets is 'Keys that are generated once per installation.';

comment on table provider_events is 'Processed webhook events; a repeated event has no second effect.';
comment on column provider_events.source is 'Webhook that received the event: dsn, mailgun or ses.';
comment on column provider_events.event_id is 'Id of the event at its source.';

comment on table providers is
  'Configured providers and their circuits, shared by all processes. A row stays when its provider is no '
  'longer configured.';
comment on column providers.name is 'Host and port, or "messenger".';
comment on column providers.credentials is 'Replaced credentials, encrypted (JWE); null: those of the settings.';
comment on column providers.configured_limit is
  'Messages per second of all processes together, by the settings; null: no limit.';
comment on column providers.limit_override is 'Replaces configured_limit; null: not replaced.';
comment on column providers.state is 'State of the circuit breaker.';
comment on column providers.since is 'Time of the last change of state.';
comment on column providers.epoch is
  'Increases with each change of the circuit or settings. Results of an earlier epoch are ignored.';
comment on column providers.openings is 'Consecutive openings of the circuit since it was last CLOSED.';
comment on column providers.retry_at is
  'OPEN: earliest time of the next probe. HALF_OPEN: deadline of the running probe. Null: CLOSED.';
comment on column providers.error_pauses is
  'True if the last error needs an operator, for example a refused login, and pauses messages.';

comment on table provider_paces is
  'Clock of each rate limit (GCRA), shared by all processes. Apart from providers, because each sending '
  'process updates it about 20 times per second.';
comment on column provider_paces.next_at is 'Time of the next free slot.';

comment on table migrations is 'Applied migrations.';
comment on column migrations.checksum is 'SHA-256 of the file; a changed file is refused.';

comment on view failed_deliveries_summary is 'Failed and bounced deliveries by message and error type.';
comment on column failed_deliveries_summary.retryable_count is
  'Failures that may succeed at another attempt and have attempts left.';
comment on function retryable_recipients(uuid, int) is
  'Failed deliveries of a message that may succeed at another attempt, with fewer attempts than the argument.';
comment on function prune_deliveries(uuid, timestamptz, uuid, int) is
  'Deletes one step of old SENT and cancelled deliveries of ended messages; counters stay.';
comment on procedure cleanup_old_deliveries(int) is
  'Deletes SENT and cancelled deliveries of ended messages older than that many days, in steps.';
comment on function uuid_v7() is 'UUIDv7 (RFC 9562) for rows that one statement inserts in bulk.';
