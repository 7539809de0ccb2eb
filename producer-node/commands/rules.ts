import { insertRule, listRules, removeRule } from '../access/rule-store.ts';
import { requireHeldDataset } from '../access/judge-request.ts';
import type { AccessRuleRow } from '../db/tables.ts';
import { refusal } from '../errors.ts';
import { readDays, readMailDomain } from './access-options.ts';
import { type CommandContext, type CommandRun, dateText, producerOf } from './command.ts';
import { readDatasetOption } from './publish-options.ts';

/** Options of `sceau-node rules add`. */
export interface RuleOptions {
  dataset?: string;
  domain?: string;
  anyone?: boolean;
  days: string;
  firstUse: string;
}

/** `sceau-node rules add`: what `run` grants by itself from now on. */
export const addRule: CommandRun<RuleOptions> = async (context, options) => {
  const { screen, node } = context;
  const { cli } = screen.words;
  const producer = await producerOf(context);
  if ((options.domain === undefined) !== (options.anyone === true)) throw refusal('missing_option', { option: '--domain', what: cli.label_mail_domain });
  if (options.firstUse !== 'accept' && options.firstUse !== 'refuse') throw refusal('bad_option', { option: '--first-use', value: options.firstUse, expected: 'accept, refuse' });
  const mail_domain = options.domain === undefined ? null : readMailDomain(options.domain);
  const dataset_id = options.dataset === undefined ? null : readDatasetOption(options.dataset);
  if (dataset_id !== null) await requireHeldDataset(node, producer, dataset_id);
  const rule: AccessRuleRow = { rule_id: node.newUuid(), producer_id: producer.producer_id, dataset_id, mail_domain, days: readDays(options.days), first_use: options.firstUse === 'accept', created_at: node.clock.now(), removed_at: null };
  await insertRule(node.db, rule);
  showRule(context, rule);
  if (rule.first_use) screen.warn(cli.rule_first_use_warning);
  screen.say(cli.rule_added);
  screen.result({ rule: shownRule(rule) });
  return 0;
};

/** `sceau-node rules list`. */
export const showRules: CommandRun<Record<string, never>> = async (context) => {
  const { screen, node } = context;
  const rules = await listRules(node.db, (await producerOf(context)).producer_id);
  if (rules.length === 0) screen.say(screen.words.cli.no_rules);
  for (const rule of rules) showRule(context, rule);
  screen.result({ rules: rules.map(shownRule) });
  return 0;
};

/** `sceau-node rules remove`: what the rule granted stays until it ends or is revoked. */
export const dropRule: CommandRun<{ rule: string }> = async (context, options) => {
  const { screen, node } = context;
  const { producer_id } = await producerOf(context);
  const rule_id = options.rule.trim().toLowerCase();
  const known = (await listRules(node.db, producer_id)).some((rule) => rule.rule_id === rule_id);
  if (!known || !(await removeRule(node.db, { producer_id, rule_id, now: node.clock.now() }))) throw refusal('rule_unknown', { rule_id: options.rule });
  screen.say(screen.words.cli.rule_removed);
  screen.result({ rule_id, removed: true });
  return 0;
};

function showRule({ screen }: CommandContext, rule: AccessRuleRow): void {
  const { cli } = screen.words;
  screen.card([
    [cli.label_what, rule.dataset_id ?? cli.rule_every_dataset],
    [cli.label_who, rule.mail_domain === null ? cli.rule_anyone : `@${rule.mail_domain}`],
    [cli.label_until, cli.rule_days({ days: rule.days })],
    [cli.label_their_keys, rule.first_use ? cli.rule_first_use : cli.rule_known_keys],
    [cli.label_since, dateText(rule.created_at, screen.words)],
    [cli.label_rule, rule.rule_id],
  ]);
  screen.say();
}

function shownRule({ rule_id, dataset_id, mail_domain, days, first_use, created_at }: AccessRuleRow): Record<string, unknown> {
  return { rule_id, dataset_id, mail_domain, days, first_use, created_at: created_at.toISOString() };
}
