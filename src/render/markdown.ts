// Text from anywhere inside Markdown: it stays text.

export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/([\\`*_{}[\]()#+\-!|~@])/g, '\\$1');
}

export function code(text: string): string {
  return `\`${text.replaceAll(/[`|\u0000-\u001f]/g, ' ')}\``;
}
