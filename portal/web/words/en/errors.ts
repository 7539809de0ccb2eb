import type { Words } from '../words.ts';

export const errors: Words['errors'] = {
  back_home: 'Back to the home page',
  search: 'Search the data',
  request_id: 'Number of this answer, to give when you ask for help:',
  titles: {
    400: 'This address or form does not fit',
    401: 'Sign in to continue',
    403: 'You have no access to this page',
    404: 'There is no such page',
    405: 'This page is not asked for like that',
    410: 'This link no longer works',
    413: 'This is too long',
    429: 'Too many requests at once',
    500: 'Something failed on our side',
    503: 'The portal is unavailable for a moment',
  },
  texts: {
    400: 'A filter or a field has a value that the portal does not know. Start again from the search, or go back one page and correct it.',
    401: 'This page is personal.',
    403: 'It is for other people, or this form was left open for too long. Reload the previous page and try again.',
    404: 'Its address may have changed, or the dataset was withdrawn. Search for it by name.',
    405: 'Go back one page and use its buttons.',
    410: 'It was used already, or its time is over. Ask for another.',
    413: 'Shorten your text, then try again.',
    429: 'Wait a few minutes, then try again. Nothing that you already sent is lost.',
    500: 'It is not your fault. Try again in a moment; if it lasts, write to us.',
    503: 'Try again in a minute. Data you already downloaded can be verified without us.',
  },
  cross_site: 'This form was sent from another address, or the page was open for too long. Open it again and retry.',
  sign_in: 'Sign in',
};
