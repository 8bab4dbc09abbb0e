-- Signs links to the content of deliveries, which a frame of the dashboard opens without an API key.
insert into secrets values
  ('content', uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
