/** Functions called parse…, read… or decode… that judge no foreign bytes of their own, or are held by another test: why, or where. */
export const elsewhere: Readonly<Record<string, string>> = {
  // Held over HTTP by tests/properties/http-doors.test.ts, with every other door of the portal.
  'portal/http/request-body.ts#readJson': 'tests/properties/http-doors.test.ts',
  'portal/http/request-body.ts#readForm': 'tests/properties/http-doors.test.ts',
  'portal/http/request-body.ts#readWhole': 'tests/portal/http.test.ts: a body beyond its limit, cut short, unannounced',
  'portal/http/cookies.ts#readSessionCookie': 'tests/properties/http-doors.test.ts',
  'portal/http/cookies.ts#readSignInCookie': 'tests/properties/http-doors.test.ts',
  'portal/access/read-request-statement.ts#readRequestStatement': 'verifyStatement, then parseAccessRequest: both have a property',
  // Own files, which nobody else can write: what is damaged stops the program with a sentence.
  'portal/config.ts#readConfig': 'tests/portal/config.test.ts',
  'portal/config.ts#readDatabaseUrl': 'tests/portal/config.test.ts',
  'portal/config.ts#readLanguage': 'tests/portal/config.test.ts',
  'portal/client/config.ts#readClientConfig': 'the environment of whoever runs the command',
  'producer-node/config.ts#readConfig': 'tests/producer-node/refusals.test.ts',
  'portal/keys/key-file.ts#readSecretFile': 'tests/portal/keys.test.ts',
  'portal/keys/key-set-file.ts#readKeySetsFile': 'tests/portal/keys.test.ts; verifyKeySetChain has a property',
  'producer-node/keys/key-home.ts#readProducerKey': 'tests/producer-node/refusals.test.ts; importSigningKey has a property',
  'producer-node/keys/key-home.ts#readKeySetFile': 'tests/producer-node/refusals.test.ts; verifyKeySetChain has a property',
  'portal/client/home/home-folder.ts#readHomeFile': 'tests/client/home.test.ts; pinsInHome has a property',
  'portal/client/access/made-request.ts#readMadeRequest': 'a file of the home: tests/client/home.test.ts',
  'portal/client/home/delivery-file.ts#readOpenpgpFile': 'tests/client/delivery-forms.test.ts; bareOpenpgpKey judges: tests/crypto/openpgp-delivery.test.ts',
  'portal/client/home/delivery-file.ts#readJwkFile': 'tests/client/delivery-forms.test.ts; publicHalf judges: tests/crypto/jwe-delivery.test.ts',
  'portal/client/home/delivery-file.ts#readSecretJwk': 'a file of the home: importDeliveryJwk judges: tests/crypto/jwe-delivery.test.ts',
  // Bytes pass through, judged by whoever asked for them.
  'portal/client/wire/read-bounded.ts#readBounded': 'counts bytes, reads none: tests/client/command-line.test.ts',
  'portal/client/resources/sealed-parcel.ts#readSmallFile': 'counts bytes, reads none: readParcel has a property',
  'portal/client/command-line/ask-person.ts#readShortText': 'what a person gives to their own command',
  'portal/client/resources/file-error.ts#readError': 'makes an error out of an error',
  'portal/catalog/resources/open-body-stream.ts#readBodyLeaves': 'leaf hashes of the store: tests/portal/storage, verifyLeafList has a property',
  'portal/storage/durable-files.ts#readFull': 'fills a buffer from a file',
  'producer-node/commands/read-status.ts#readStatus': 'reads the node’s own database; answers of the portal by readAnswer',
  'producer-node/datasets/read-head.ts#readHead': 'verifyStatement, then parseManifest: both have a property',
};
