import { hostname } from 'node:os';
import type { Command } from 'commander';
import { parseConsumerId } from '#catalog-schema';
import { changeKeySet } from '../access/change-key-set.ts';
import { addDevice, type Device, devicesOf, findDevice, isBackup, retireDevice } from '../access/device-changes.ts';
import { followOwnKeys } from '../access/follow-own-keys.ts';
import { joinByBackup, joinConsumer } from '../access/join-consumer.ts';
import { ClientError, refusingAs } from '../errors.ts';
import { generateBackupKeys, readBackup, writeBackup } from '../home/backup-file.ts';
import { BACKUP_NAME, type ConsumerKeys } from '../home/consumer-keys.ts';
import { decodeDeviceCode, encodeDeviceCode } from '../home/device-code.ts';
import { pendingDevice } from '../home/pending-device.ts';
import type { Run } from './program.ts';
import { dayIn, type Session } from './session.ts';

/** `sceau devices`: several computers of one consumer: list, add, approve, retire, a printed backup, and more years. */
export function addDevices(program: Command, run: Run): void {
  const { say } = run;
  const devices = program.command('devices').description(say('help.devices'));
  run.explain(devices, ['sceau devices', 'sceau devices add --consumer O9ts…', 'sceau devices approve sceau1.…', 'sceau devices retire "Ancien portable"']).action(() => run.inSession(list));
  const add = devices.command('add').description(say('help.devices_add')).option('--consumer <id>', say('help.devices_consumer')).option('--backup <file>', say('help.devices_backup_file')).option('--name <name>', say('help.keys_name'));
  run.explain(add, ['sceau devices add --consumer O9ts…', 'sceau devices add --backup backup.txt --name "Nouveau portable"']).action((options: AddOptions) => run.inSession((session) => join(session, options)));
  devices.command('approve').description(say('help.devices_approve')).argument('<code>', say('help.devices_code')).option('--name <name>', say('help.keys_name')).action((code: string, options: { name?: string }) => run.inSession((session) => approve(session, code, options.name)));
  devices.command('retire').description(say('help.devices_retire')).argument('<device>', say('help.devices_device')).action((text: string) => run.inSession((session) => retire(session, text)));
  devices.command('backup').description(say('help.devices_backup')).argument('<file>', say('help.keygen_backup')).action((path: string) => run.inSession((session) => backup(session, path)));
  devices.command('renew').description(say('help.devices_renew')).action(() => run.inSession(renew));
}

interface AddOptions {
  consumer?: string;
  backup?: string;
  name?: string;
}

async function list(session: Session): Promise<void> {
  const keys = await followOwnKeys(await session.client());
  const devices = devicesOf(keys.newest);
  if (session.json) {
    const shown = devices.map(({ kid, name, delivery }) => ({ kid, name, delivery: delivery.map(({ key }) => key), own: kid === keys.signing_key.kid }));
    session.result({ consumer_id: keys.consumer_id, fingerprint: keys.fingerprint, version: keys.newest.version, expires_at: keys.newest.expires_at, devices: shown });
    return;
  }
  for (const device of devices) session.line(deviceLine(session, device, keys));
  session.line(`${session.say('keygen.consumer')}  ${keys.consumer_id}`);
  session.note(session.say('keys.until', { date: dayIn(session.language, keys.newest.expires_at) }));
}

function deviceLine(session: Session, device: Device, keys: ConsumerKeys): string {
  const own = device.kid === keys.signing_key.kid ? ` · ${session.say('keys.own')}` : isBackup(device) ? ` · ${session.say('devices.printed')}` : '';
  return `${device.kid.slice(0, 8)}  ${device.name}${own}`;
}

async function join(session: Session, options: AddOptions): Promise<void> {
  if ((options.consumer === undefined) === (options.backup === undefined)) throw new ClientError('bad_input', 'Give --consumer ID, or --backup FILE.', { facts: { value: '--consumer | --backup' } });
  const home = await session.home();
  const client = await session.client();
  const printed = options.backup === undefined ? undefined : await readBackup(options.backup);
  const asked = options.consumer ?? '';
  const consumer_id = printed?.consumer_id ?? refusingAs('bad_input', `${asked} is not the id of a consumer.`, () => parseConsumerId(asked), { value: asked });
  const device = await pendingDevice(home, consumer_id);
  const joined = printed === undefined ? await joinConsumer(client, home, device) : await joinByBackup(client, home, { device, backup: printed, name: options.name ?? hostname() });
  if (joined !== undefined) {
    if (session.json) session.result({ state: 'joined', consumer_id, fingerprint: joined.fingerprint, kid: device.signing_key.kid });
    else session.line(session.say('devices.joined', { fingerprint: joined.fingerprint }));
    return;
  }
  const code = encodeDeviceCode({ jwk: device.signing_key.public_jwk, recipient: device.recipient });
  if (session.json) {
    session.result({ state: 'waiting', consumer_id, code, kid: device.signing_key.kid });
    return;
  }
  session.note(session.say('devices.show'));
  session.line(`  sceau devices approve ${code}`);
  session.note(session.say('devices.again'));
}

async function approve(session: Session, code: string, name: string | undefined): Promise<void> {
  const offer = decodeDeviceCode(code);
  const client = await session.client();
  const { newest } = await changeKeySet(client, (set) => {
    const known = devicesOf(set);
    return known.some((device) => device.kid === offer.kid) ? undefined : addDevice(set, offer, name ?? `${session.say('devices.default_name')} ${known.length + 1}`);
  });
  const added = findDevice(newest, offer.kid);
  if (session.json) session.result({ state: 'approved', kid: offer.kid, name: added.name, version: newest.version });
  else session.line(session.say('devices.approved', { name: added.name }));
}

async function retire(session: Session, text: string): Promise<void> {
  const client = await session.client();
  const keys = await followOwnKeys(client);
  const device = findDevice(keys.newest, text);
  // A set is signed by a device that stands in it: the last act of a device cannot be its own end.
  if (device.kid === keys.signing_key.kid) throw new ClientError('bad_input', 'Retire this device from another one.', { reason: 'own_device', facts: { value: device.name } });
  await changeKeySet(client, (set) => (devicesOf(set).some(({ kid }) => kid === device.kid) ? retireDevice(set, device.kid) : undefined));
  if (session.json) session.result({ state: 'retired', kid: device.kid, name: device.name });
  else session.line(session.say('devices.retired', { name: device.name === '' ? device.kid : device.name }));
}

async function backup(session: Session, path: string): Promise<void> {
  const client = await session.client();
  const { consumer_id } = await client.consumerKeys();
  const keys = await generateBackupKeys();
  // The file first: a backup that is registered and lies nowhere would be a key too many.
  await writeBackup(path, keys, consumer_id);
  const offer = { jwk: keys.signing_key.public_jwk, kid: keys.signing_key.kid, recipient: keys.recipient };
  // One backup at a time: a new one takes the place of the old, which may be why it is made.
  await changeKeySet(client, (set) => {
    const former = devicesOf(set).find(isBackup);
    return addDevice(former === undefined ? set : { ...set, ...retireDevice(set, former.kid) }, offer, BACKUP_NAME);
  });
  if (session.json) session.result({ state: 'made', path, kid: keys.signing_key.kid });
  else session.line(session.say('keygen.backup_made', { path }));
}

async function renew(session: Session): Promise<void> {
  const { newest } = await changeKeySet(await session.client(), ({ keys, delivery }) => ({ keys, delivery }));
  if (session.json) session.result({ version: newest.version, expires_at: newest.expires_at });
  else session.line(session.say('keys.until', { date: dayIn(session.language, newest.expires_at) }));
}
