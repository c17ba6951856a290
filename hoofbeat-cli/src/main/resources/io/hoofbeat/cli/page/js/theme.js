// SPDX-License-Identifier: Apache-2.0
//
// No module, so that it runs before anything is painted: the page begins in the colours that were chosen last.
'use strict';

{
  const KEY = 'hoofbeat.theme';
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');

  // A browser that keeps no data for the page refuses the storage; then the choice holds until the page is left.
  const stored = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  };
  const store = (theme) => {
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      root.dataset.theme = theme;
    }
  };

  const isDark = () => (root.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const chosen = stored();
  if (chosen === 'dark' || chosen === 'light') root.dataset.theme = chosen;

  addEventListener('DOMContentLoaded', () => {
    const button = document.getElementById('theme');
    const tell = () => button.setAttribute('aria-pressed', String(isDark()));
    button.addEventListener('click', () => {
      root.dataset.theme = isDark() ? 'light' : 'dark';
      store(root.dataset.theme);
      tell();
      dispatchEvent(new Event('themechange'));
    });
    system.addEventListener('change', () => {
      tell();
      dispatchEvent(new Event('themechange'));
    });
    tell();
  });
}
