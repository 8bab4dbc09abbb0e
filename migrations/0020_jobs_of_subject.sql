-- messages.waiting: the job of a message that is claimed first, among up to 10,000; and jobs.wakeParked.
-- Only waiting jobs with a subject are in it.
create index jobs_waiting_subject on jobs (subject, status, run_at)
  where status in ('QUEUED', 'SCHEDULED') and subject is not null;
