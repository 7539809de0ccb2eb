import type { Words } from '../words.ts';

export const help: Words['help'] = {
  title: 'Help',
  lead: 'Three short guides. Each takes a minute.',
  contents: 'The three guides',
  find: {
    title: 'Find and download',
    steps: [
      ['Search in your own words', 'Type what you look for, then refine with the filters: theme, producer, format. Each filter goes away with one click.'],
      ['Read before downloading', 'Who answers for it, which licence, what date: all of it is on the page of the dataset.'],
      ['Download, or quote the address', 'Open data are downloaded without an account. Two addresses stay: that of the newest version, and that of each version.'],
    ],
    link: 'Search',
  },
  ask: {
    title: 'Ask for access to sealed data',
    steps: [
      ['Explain your use', 'On the page of the dataset, button “Ask for access”: a name, an address, a purpose. Confirm with the link we send by e-mail.'],
      ['Wait for the producer’s answer', 'It comes by e-mail, with reasons. You can follow or withdraw the request at any time.'],
      ['Attach your computer', 'The “sceau” command creates what is needed on your computer, and shows a fingerprint of thirty digits. The producer compares it with you by telephone.'],
      ['Open the data on your side', 'One line is enough. The file is verified byte by byte before it is opened, and the stock tool “age” opens it too.'],
    ],
    link: 'See the data on request',
  },
  publish: {
    title: 'Publish data',
    steps: [
      ['Get invited', 'The portal’s operator hands you a one-time code. Your organisation names the person who will decide on access.'],
      ['Install a node', 'A small program, on your server or a workstation. It keeps your signatures and seals your files before they leave. It need not be reachable from the internet.'],
      ['Compare the fingerprint', 'The operator calls you and reads thirty digits with you: so nobody can publish in your name.'],
      ['Publish a file', 'Title, format, columns and period are guessed; the node asks for the rest, shows the card, and publishes. A new version is published the same way.'],
    ],
    link: 'See who publishes here',
    lines: 'The commands, on your node',
  },
  lost: {
    title: 'A computer lost or stolen?',
    text: 'Tell the producer of the data that this computer had access to: they stop the access with one click, and within five seconds nothing more is delivered. Then ask for access again with your new computer. What was already opened on the lost one cannot be taken back.',
  },
  words_title: 'The words of this portal',
  words: [
    ['Open to everyone', 'Anyone can download and reuse, under the licence.'],
    ['Sealed', 'The file is closed at the producer’s before it leaves. Only approved people can open it.'],
    ['Signed', 'The producer marked the content so that the slightest change shows.'],
    ['Public log', 'The list of everything the portal did, in which nothing can be removed or changed unnoticed.'],
    ['Fingerprint', 'Thirty digits to compare by voice, to be sure of talking to the right person.'],
  ],
  demo: {
    title: 'E-mails of the demonstration',
    lead: 'The messages that the portal would send, the newest first. This page exists only in a demonstration on your own machine.',
    none: 'No message yet.',
    to: 'To',
  },
};
