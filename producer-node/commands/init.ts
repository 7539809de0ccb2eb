import { createProducer } from '../keys/create-producer.ts';
import { offlineFolder, offlineKeysAreHere, producerFolder } from '../keys/key-home.ts';
import { type CommandRun, dateText } from './command.ts';

/** `sceau-node init`: the node's folder and database, and the keys of a producer. */
export const init: CommandRun<{ name: string; domain?: string }> = async ({ screen, node }, options) => {
  const { cli } = screen.words;
  const name = options.name.normalize('NFC').trim();
  const { producer, created } = await createProducer(node, { name, ...(options.domain === undefined ? {} : { domain: options.domain.trim().toLowerCase() }) });
  const { home } = node.config;
  const offline = offlineFolder(home, producer.producer_id);
  screen.say(created ? cli.producer_made({ name }) : cli.producer_there({ name }));
  screen.card([
    [cli.identifier, producer.producer_id],
    [cli.folder, producerFolder(home, producer.producer_id)],
    [cli.keys_expire, dateText(producer.keys_expire_at, screen.words)],
  ]);
  if (await offlineKeysAreHere(home, producer.producer_id)) screen.say(`\n${cli.move_offline({ folder: offline })}`);
  screen.say(`\n${cli.next_enrol}`);
  screen.result({ producer_id: producer.producer_id, name: producer.name, created, home, folder: producerFolder(home, producer.producer_id), offline_folder: offline, keys_expire_at: producer.keys_expire_at.toISOString() });
  return 0;
};
