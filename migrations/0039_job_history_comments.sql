comment on table job_outcomes is 'Ended jobs, as each settle statement appends them. jobStats.compact moves them to job_stats.';
comment on column job_outcomes.n is 'Number of jobs.';
comment on table job_stats is 'Number of ended jobs by minute; after two days by hour. Kept for 90 days.';
comment on column job_stats.n is 'Number of jobs.';
comment on table job_events is 'Changes of a job that are not attempts.';
comment on column job_events.at is 'Time of the change; of repeated ones, the first.';
comment on table worker_hosts is 'Hosts of workers, also of those that have ended.';
