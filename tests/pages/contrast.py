"""Texts of an open page that are too faint to read: WCAG 2.2, 1.4.3, level AA."""

from __future__ import annotations

from typing import Final

from tests.pages.chromium import Chromium

_SCRIPT: Final = r"""
(() => {
  const parse = text => {
    const numbers = (text.match(/[\d.]+/g) || []).map(Number);
    return {rgb: numbers.slice(0, 3), alpha: numbers.length > 3 ? numbers[3] : 1};
  };
  const light = rgb => {
    const [r, g, b] = rgb.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const found = parse(getComputedStyle(at).backgroundColor);
      if (found.alpha === 1) return found.rgb;
      if (found.alpha !== 0) return null;
    }
    return [255, 255, 255];
  };
  const faint = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent.trim(), element = walk.currentNode.parentElement;
    if (!text || !element.checkVisibility()) continue;
    const style = getComputedStyle(element), paper = behind(element);
    if (!paper) { faint.add("half transparent: " + text.slice(0, 40)); continue; }
    const [high, low] = [light(parse(style.color).rgb), light(paper)].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 700;
    const least = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5;
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < least) faint.add(ratio.toFixed(2) + ": " + text.slice(0, 40));
  }
  return [...faint].slice(0, 10);
})()
"""


def faint_texts(browser: Chromium) -> object:
    """Return the first texts whose contrast is below what their size needs, with the contrast."""
    return browser.evaluate(_SCRIPT)
