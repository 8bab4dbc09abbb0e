-- jobs_later_by_lane serves jobs.list of jobs that are due later, too.
drop index jobs_later;
