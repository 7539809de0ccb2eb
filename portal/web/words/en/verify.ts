import type { Words } from '../words.ts';

export const verify: Words['verify'] = {
  title: 'Check it yourself',
  lead: 'This portal could be wrong, attacked, or lying. Here is how not to have to believe it.',
  what_title: 'What you can establish',
  what: [
    ['Authentic', 'These bytes are those that this producer published as this version. It can be checked offline, ten years on, even if this portal is gone.'],
    ['Current', 'It is the newest version that the producer knows of. It signs so every day; later than that, the command says “freshness unknown”.'],
  ],
  line_title: 'In one line',
  line_text: 'The “sceau” command follows the signatures from the producer’s identity, checks the entry in the public log, then compares every byte.',
  line_caption: 'Verify a dataset',
  keep_title: 'Keep the proof',
  keep_text: 'The evidence for a version is one JSON file: signed description, the producer’s signatures, proof of the log entry. It can be verified offline.',
  keep_caption: 'Keep the evidence, then verify a file offline',
  log_title: 'The public log',
  log_text: 'Every publication, every agreement, every delivery is recorded there, without anybody’s name. It can only grow: removing or changing a line would show at once.',
  log_now: 'Newest signed state of the log',
  log_none: 'The log is still empty.',
  log_size: (n, said) => (n === 1 ? `${said} act` : `${said} acts`),
  portal_title: 'The identity of this portal',
  portal_text: 'At the first meeting, the “sceau” command shows this fingerprint and remembers it. Compare it by another way: a letter, a call, a colleague.',
  portal_label: 'Fingerprint of the portal, six groups of five digits',
  age_title: 'Without any of our software',
  age_text: 'A sealed file is an ordinary “age” file, cut in two. Put together, this stock tool opens it with your key.',
  age_caption: 'Open with age alone',
  not_title: 'What nobody can promise',
  not: [
    'Taking back what was opened already.',
    'Hiding the size, the title or the date of a dataset.',
    'A check done in a page that this portal serves: for strong assurance, use the command.',
  ],
};
