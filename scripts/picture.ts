// Makes a picture for the documentation out of a real terminal capture: reads it on stdin, writes SVG on stdout.
//
//   tmux new-session -d -s belay -x 100 -y 60 'npm start; sleep 60'
//   tmux capture-pane -t belay -e -p | npx node scripts/picture.ts 'npm start' > docs/images/run.svg

import { readFileSync } from 'node:fs';
import { drawSvg } from './picture/draw-svg.ts';

process.stdout.write(drawSvg(readFileSync(0, 'utf8'), process.argv[2] ?? 'belay'));
