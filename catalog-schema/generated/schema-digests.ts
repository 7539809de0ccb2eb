// Generated from the JSON Schemas by generate-types; change the schema and run it again.

/** Address of each schema and the digest of its canonical JSON (RFC 8785): what `schema` in a manifest names. */
export const SCHEMA_DIGESTS = {
  'access-request': { id: 'https://w3id.org/sceau/schemas/access-request.schema.json', sha256: 'sha256:z-ISga9pRMZgqVSYTWSMW5Ph0TP1yLhGpOR4Q2B-3Ok' },
  'act': { id: 'https://w3id.org/sceau/schemas/act.schema.json', sha256: 'sha256:enqOT0eM2OLn3gHdzDDpZTjBuSpqn5S9jzey9Dxkkus' },
  'consumer-keys': { id: 'https://w3id.org/sceau/schemas/consumer-keys.schema.json', sha256: 'sha256:CLZNsjNuFwryp7En44Zv68m1AMmDJFTbvaD8PvhgeW4' },
  'grant': { id: 'https://w3id.org/sceau/schemas/grant.schema.json', sha256: 'sha256:RJcYdN6uk8IjRhl58EW8qgPQ6_OULQ_3W6aaXvIeYJk' },
  'heads': { id: 'https://w3id.org/sceau/schemas/heads.schema.json', sha256: 'sha256:xI3xLWt4PhAjbPS-qO0EN45T1YIA9Yg09uRJtf9fYqM' },
  'key-deposit': { id: 'https://w3id.org/sceau/schemas/key-deposit.schema.json', sha256: 'sha256:Lbm2LGMKe2wB2i8wgNuFRb046f0BeHwc4YgjF93qXl4' },
  'key-release': { id: 'https://w3id.org/sceau/schemas/key-release.schema.json', sha256: 'sha256:dcKQ4xoybUBb5cE5tZyJ8zc2Wx1_N6ADQUrgLAIgXCc' },
  'manifest': { id: 'https://w3id.org/sceau/schemas/manifest.schema.json', sha256: 'sha256:fW493HdpVX8fsJXaFbxI7hyWbKpwXdbxLuffuxc5mo0' },
  'portal-keys': { id: 'https://w3id.org/sceau/schemas/portal-keys.schema.json', sha256: 'sha256:r3w5Ciaop8mPvQFS-CW5IvjHkaWqkGtdxl7wad_Nzlw' },
  'primitives': { id: 'https://w3id.org/sceau/schemas/primitives.schema.json', sha256: 'sha256:kkbi5Goh6paHKTBhe6dih2-LZRFa68d4UUJWHkoS64Y' },
  'problem': { id: 'https://w3id.org/sceau/schemas/problem.schema.json', sha256: 'sha256:s1Yy8f7RL3-bw8B3RWr2eGEPqB1t4XdgiiK-7iCg_rY' },
  'producer-keys': { id: 'https://w3id.org/sceau/schemas/producer-keys.schema.json', sha256: 'sha256:rkpwmNBYdvT1gsbR8sQxdwEJr-2CmePB8gD8zFQLeFk' },
  'revocation': { id: 'https://w3id.org/sceau/schemas/revocation.schema.json', sha256: 'sha256:JinwDSXmhcus-Z1r-ibizRmQ7RLXUfEXeLEYoC06Hdg' },
  'rudi-as-specified': { id: 'https://w3id.org/sceau/schemas/rudi-as-specified.schema.json', sha256: 'sha256:GnyyI2IUkQ7gVQNY96oHW658el9Rkp9srQbg4WrRWkY' },
  'rudi-metadata': { id: 'https://w3id.org/sceau/schemas/rudi-metadata.schema.json', sha256: 'sha256:tJslzBy4N8BYQ_hJNJVRCbxo8a3VMiM4GT0RMd53CGo' },
} as const;
