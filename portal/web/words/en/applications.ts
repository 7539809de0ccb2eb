import type { Words } from '../words.ts';

export const applications: Words['applications'] = {
  title: 'Your applications',
  lead: 'The programs that you let call this portal in your name. Each has a key of its own, and may only do what you allowed.',
  quota: (calls) => `Each application may make ${calls.toLocaleString('en-GB')} calls an hour. The number of calls per day is kept for 90 days; what it asked for is not.`,
  none: 'None so far.',
  states: { active: 'in service', stopped: 'stopped' },
  never: 'no call in the last 90 days',
  last_call: 'last call on',
  calls: (calls) => `${calls.toLocaleString('en-GB')} ${calls === 1 ? 'call' : 'calls'} in 90 days`,
  may_nothing: 'It may do nothing: it was given no scope.',
  scopes: {
    'catalogue:read': 'read the catalogue and open data',
    'grants:read': 'read your requests and your access',
    'packages:read': 'receive the sealed files that you have access to, and what opens them',
  },
  stop: 'Stop',
  stop_named: (name) => `Stop ${name}`,
  done_stopped: 'Stopped: its calls are refused from now on. To put it back in service, add a new one.',
  add: 'Add an application, on the computer that holds your keys',
  example: 'Dashboard',
};
