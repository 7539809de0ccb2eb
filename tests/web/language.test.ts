import test from 'ava';
import { chooseLanguage, languageOfPath, pathInLanguage } from '../../portal/web/language.ts';

test('the language a browser weighs most wins, French where it names none of ours', (t) => {
  t.is(chooseLanguage('en-US,en;q=0.9'), 'en');
  t.is(chooseLanguage('fr;q=0.3, en;q=0.8'), 'en');
  t.is(chooseLanguage('en;q=0, fr;q=0.1'), 'fr');
  t.is(chooseLanguage('de, es;q=0.8'), 'fr');
  t.is(chooseLanguage('*'), 'fr');
  t.is(chooseLanguage(''), 'fr');
  t.is(chooseLanguage(undefined), 'fr');
  t.is(chooseLanguage('en;q=abc'), 'en');
});

test('a path changes language and keeps the rest; one without language leads home', (t) => {
  t.is(pathInLanguage('/fr/datasets?q=eau', 'en'), '/en/datasets?q=eau');
  t.is(pathInLanguage('/fr', 'en'), '/en');
  t.is(pathInLanguage('/demo/mails', 'en'), '/en/');
  t.is(pathInLanguage('//evil.example/fr', 'en'), '/en/');
  t.is(pathInLanguage('http://evil.example/', 'fr'), '/fr/');
  t.is(languageOfPath('/french/'), undefined);
});
