import type { Command } from 'commander';
import { fingerprintOf } from '#crypto';
import type { ConsumerClient } from '../create-client.ts';
import { ClientError } from '../errors.ts';
import { pinsInHome } from '../home/pin-store.ts';
import { confirmPortal, confirmProducer, findProducerToConfirm, type ProducerToConfirm } from '../trust/confirm-party.ts';
import type { PinOrigin } from '../trust/pins.ts';
import { forgetParty } from '../trust/forget-party.ts';
import { askPerson } from './ask-person.ts';
import type { Run } from './program.ts';
import { dayIn, type Session } from './session.ts';

/** `sceau trust add | list | remove`: what is held for sure. */
export function addTrust(program: Command, run: Run): void {
  const { say } = run;
  const trust = program.command('trust').description(say('help.trust'));

  const add = trust
    .command('add')
    .description(say('help.trust_add'))
    .argument('[party]', say('help.trust_add_party'))
    .option('--portal-id <id>', say('help.trust_add_portal'))
    .option('--yes', say('help.yes'));
  run.explain(add, ['sceau trust add Q2h0dXJlIGVuIGZhY2U…', 'sceau trust add metropole.exemple.fr', 'sceau trust add --portal-id h7Qk…']).action((party: string | undefined, options: { portalId?: string; yes?: boolean }) =>
    run.inSession(async (session) => {
      const client = await session.client();
      if (options.portalId !== undefined) await addPortal(session, client, options.portalId);
      else if (party === undefined) throw new ClientError('bad_input', 'Name a producer, or the portal with --portal-id.', { facts: { value: '--portal-id' } });
      else await addProducer(session, client, party, options.yes ?? false);
    }),
  );

  run.explain(trust.command('list').description(say('help.trust_list')), ['sceau trust list']).action(() => run.inSession(list));

  const remove = trust.command('remove').description(say('help.trust_remove')).argument('<id>', say('help.trust_remove_id'));
  run.explain(remove, ['sceau trust remove Q2h0dXJlIGVuIGZhY2U…']).action((id: string) =>
    run.inSession(async (session) => {
      const pins = pinsInHome(await session.home());
      let found = false;
      await pins.change((held) => {
        const after = forgetParty(held, id);
        found = after !== held;
        return after;
      });
      if (session.json) session.result({ id, removed: found });
      else session.line(session.say(found ? 'trust.removed' : 'trust.unknown', { id }));
    }),
  );
}

async function addPortal(session: Session, client: ConsumerClient, portal_id: string): Promise<void> {
  const pin = await confirmPortal(client, portal_id);
  if (session.json) session.result({ portal_id, name: pin.name, confirmed_by: 'hand' });
  else session.line(session.say('trust.added', { name: pin.name }));
}

// An id given by hand names the first key set by its hash: comparing it again as a fingerprint is for those who got it from the portal.
async function addProducer(session: Session, client: ConsumerClient, party: string, yes: boolean): Promise<void> {
  const byDomain = party.includes('.');
  const found: ProducerToConfirm = await findProducerToConfirm(client, party);
  const name = found.producer.name;
  const fingerprint = fingerprintOf(found.producer.producer_id);
  if (!byDomain && !yes) {
    session.note(session.say('trust.fingerprint', { fingerprint }));
    session.note(session.say('trust.compare', { name }));
    const answer = await askPerson(session.say('trust.confirm'));
    if (answer === undefined || !session.say('answer.yes').split(' ').includes(answer.toLowerCase())) {
      session.note(session.say('trust.not_confirmed'));
      throw new ClientError('bad_input', 'Not confirmed; without a terminal use --yes.', { facts: { value: '--yes' } });
    }
  }
  const confirmed_by: PinOrigin = byDomain ? 'domain' : 'hand';
  await confirmProducer(client, found, confirmed_by);
  if (session.json) session.result({ producer_id: found.producer.producer_id, name: found.producer.name, fingerprint, confirmed_by });
  else session.line(session.say('trust.added', { name }));
}

async function list(session: Session): Promise<void> {
  const { say, language } = session;
  const pins = await pinsInHome(await session.home()).load();
  if (session.json) {
    session.result(pins);
    return;
  }
  if (pins.portals.length + pins.producers.length + pins.marks.length === 0) session.note(say('trust.none'));
  const how = (by: PinOrigin, at: string): string => `${say(`trust.by_${by}`)}, ${dayIn(language, at)}`;
  if (pins.portals.length > 0) session.line(say('trust.portals'));
  for (const pin of pins.portals) {
    session.line(`  ${pin.name} · ${pin.portal_urls.join(', ')}`);
    session.line(`    ${pin.portal_id} · ${how(pin.confirmed_by, pin.pinned_at)} · ${say('trust.key_sets', { count: pin.key_sets.length })}`);
  }
  if (pins.producers.length > 0) session.line(say('trust.producers'));
  for (const pin of pins.producers) {
    session.line(`  ${pin.name}`);
    session.line(`    ${pin.producer_id} · ${how(pin.confirmed_by, pin.pinned_at)} · ${say('trust.key_sets', { count: pin.key_sets.length })}`);
    session.line(`    ${say('trust.fingerprint', { fingerprint: fingerprintOf(pin.producer_id) })}`);
  }
  if (pins.marks.length > 0) session.line(say('trust.marks', { count: pins.marks.length }));
}
