import { basename } from 'node:path';
import type { Command } from 'commander';
import { isSealed, type SealedFileResource } from '#catalog-schema';
import { obtainContentKey } from '../access/obtain-content-key.ts';
import { findDatasetId } from '../catalogue/find-dataset.ts';
import { ClientError } from '../errors.ts';
import { packageFiles, writePackages } from '../resources/package-files.ts';
import type { Run } from './program.ts';

/** `sceau packages`: the key packages of a dataset as files that gpg, jose or age open. */
export function addPackages(program: Command, run: Run): void {
  const { say } = run;
  const command = program
    .command('packages')
    .description(say('help.packages'))
    .argument('<dataset>', say('help.dataset'))
    .option('-o, --output <path>', say('help.packages_output'))
    .option('--jwk <file>', say('help.open_jwk'))
    .option('--force', say('help.force'));
  run.explain(command, ['sceau packages 4f8c… -o logement', 'gpg -d logement.package.asc | age -d -i - logement.age']).action((text: string, options: { output?: string; jwk?: string; force?: boolean }) =>
    run.inSession(async (session) => {
      const client = await session.client({ jwk: options.jwk });
      const version = await client.verify(await findDatasetId(client, text));
      const sealed = version.verdict.manifest.resources.filter((resource): resource is SealedFileResource => resource.kind === 'file' && isSealed(resource));
      const epochs = [...new Map(sealed.map((resource) => [resource.age.epoch, resource])).values()];
      if (epochs.length === 0) throw new ClientError('bad_input', 'Nothing of this dataset is sealed.', { reason: 'open_dataset', facts: { value: version.verdict.dataset_id } });
      const written: Record<string, unknown>[] = [];
      for (const resource of epochs) {
        const { epoch } = resource.age;
        const base = `${options.output ?? basename(resource.name)}${epochs.length === 1 ? '' : `.${epoch}`}`;
        const { pack, others } = await obtainContentKey(client, version, resource);
        const files = packageFiles(base, [pack, ...others]);
        await writePackages(files, { force: options.force ?? false });
        for (const { path, form } of files) {
          written.push({ path, form, epoch });
          if (!session.json) session.line(say('packages.written', { path, form }));
        }
      }
      if (session.json) session.result({ packages: written });
    }),
  );
}
