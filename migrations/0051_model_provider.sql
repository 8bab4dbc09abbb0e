-- The language model is a provider without a channel.
alter table providers alter column channel drop not null;

comment on column providers.channel is 'Null: the language model.';

-- providers.register: one row for all processes, also without a channel.
alter table providers drop constraint providers_channel_name_key;
alter table providers add unique nulls not distinct (channel, name);
