import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The four kinds of server of OpenStack Swift. */
export const SWIFT_SERVERS = ['account', 'container', 'object', 'proxy'] as const;
export type SwiftServer = (typeof SWIFT_SERVERS)[number];

/** What the configuration needs to know. */
export interface SwiftSetup {
  /** Own folder; its file system must have extended attributes. */
  folder: string;
  ports: Record<SwiftServer, number>;
  unused_port: number;
  /** Account of the operating system the servers run under: our own. */
  system_user: string;
  account: string;
  user: string;
  secret_key: string;
  region: string;
}

/** Writes etc/ of a one-disk Swift with the S3 interface into the folder, and its empty disk. */
export async function writeSwiftConfig(setup: SwiftSetup): Promise<void> {
  for (const name of ['etc', 'srv/sdb1', 'cache']) await mkdir(join(setup.folder, name), { recursive: true });
  await writeConfig(setup, 'swift.conf', {
    'swift-hash': { swift_hash_path_prefix: 'a', swift_hash_path_suffix: 'b' },
    'storage-policy:0': { name: 'gold', default: 'yes' },
  });
  for (const name of ['account', 'container', 'object'] as const) {
    await writeConfig(setup, `${name}.conf`, {
      DEFAULT: { ...common(setup, name), devices: join(setup.folder, 'srv'), mount_check: 'false', disable_fallocate: 'true' },
      'pipeline:main': { pipeline: `${name}-server` },
      [`app:${name}-server`]: { use: `egg:swift#${name}` },
      [`${name}-replicator`]: {},
      [`${name}-updater`]: {},
      [`${name}-auditor`]: {},
    });
  }
  await writeConfig(setup, 'proxy.conf', {
    DEFAULT: common(setup, 'proxy'),
    'pipeline:main': {
      pipeline: 'catch_errors proxy-logging cache listing_formats s3api tempauth bulk slo dlo symlink versioned_writes proxy-logging proxy-server',
    },
    // The proxy gives its own servers half a second to answer; on a machine that runs a whole test suite that is a 503 now and then.
    'app:proxy-server': { use: 'egg:swift#proxy', allow_account_management: 'true', account_autocreate: 'true', conn_timeout: '20', node_timeout: '60', recoverable_node_timeout: '60' },
    'filter:tempauth': { use: 'egg:swift#tempauth', [`user_${setup.account}_${setup.user}`]: `${setup.secret_key} .admin` },
    'filter:s3api': {
      use: 'egg:swift#s3api',
      location: setup.region,
      s3_acl: 'false',
      check_bucket_owner: 'false',
      allow_multipart_uploads: 'true',
      dns_compliant_bucket_names: 'true',
    },
    // Nothing listens there: the middleware is needed, the cache is not, and a stranger's must not be used.
    'filter:cache': { use: 'egg:swift#memcache', memcache_servers: `127.0.0.1:${setup.unused_port}` },
    'filter:catch_errors': { use: 'egg:swift#catch_errors' },
    'filter:proxy-logging': { use: 'egg:swift#proxy_logging' },
    'filter:listing_formats': { use: 'egg:swift#listing_formats' },
    'filter:symlink': { use: 'egg:swift#symlink' },
    'filter:bulk': { use: 'egg:swift#bulk' },
    'filter:slo': { use: 'egg:swift#slo' },
    'filter:dlo': { use: 'egg:swift#dlo' },
    'filter:versioned_writes': { use: 'egg:swift#versioned_writes', allow_object_versioning: 'true' },
  });
}

function common(setup: SwiftSetup, name: SwiftServer): Record<string, string> {
  return {
    bind_ip: '127.0.0.1',
    bind_port: String(setup.ports[name]),
    workers: '0',
    user: setup.system_user,
    swift_dir: join(setup.folder, 'etc'),
    recon_cache_path: join(setup.folder, 'cache'),
    log_address: '/nonexistent',
  };
}

async function writeConfig(setup: SwiftSetup, name: string, sections: Record<string, Record<string, string>>): Promise<void> {
  const text = Object.entries(sections).map(
    ([section, values]) => `[${section}]\n${Object.entries(values).map(([key, value]) => `${key} = ${value}\n`).join('')}`,
  );
  await writeFile(join(setup.folder, 'etc', name), text.join('\n'));
}
