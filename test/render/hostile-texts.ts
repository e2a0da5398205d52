// What a file, a name or a message may hold to get out of the place where it is shown.

export const hostileTexts: readonly string[] = [
  ']]> <![CDATA[ & < > " \' ',
  '\u0000\u0001\u0008\u000b\u001f\u007f\u0085\u009b31m',
  '\ud800 alone, \udc00 alone, \ufffe \uffff',
  '\u001b[2J\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007',
  '\u202eesrever\u202c \u2066hidden\u2069 \u200e\u200f\u061c',
  '::error file=a.yaml::no\n::set-output name=x::y\n##[add-mask]x ##vso[task.complete]',
  '[text](https://evil.example) ![x](x.png) <script>alert(1)</script> <!-- -->',
  '| a | b |\n| - | - |\n```\n# head\n@octocat #1 GH-1 https://evil.example www.evil.example a@b.example',
  '`a` ``b`` $x$ $$y$$ :tada: {0} {{1}} \\',
  'mailto:someone@evil.example xmpp:x@y javascript:alert(1)',
  '\u{e0041}\u{e0042} tags, \ufeff mark, \u2028 separator',
  '',
  ' ',
  'x'.repeat(1024 * 1024),
];
