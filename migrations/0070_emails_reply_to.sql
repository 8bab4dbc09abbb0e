-- emails.erasePerson: mails of forms, whose Reply-To is a person. Without it, all mails of the organization are read.
create index emails_reply_to on emails (organization_id, reply_to) where reply_to is not null;
