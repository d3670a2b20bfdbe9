import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { RequestHandler } from 'express';

const own = (name: string) => new URL(`assets/${name}`, import.meta.url);
const { resolve } = createRequire(import.meta.url);

/** What the page loads, by name. Nothing else can be asked for, so no path leads out of here. */
const FILES = new Map(
  Object.entries({
    'page.css': own('page.css'),
    'page.js': own('page.js'),
    'uplot.css': resolve('uplot/dist/uPlot.min.css'),
    'uplot.js': resolve('uplot/dist/uPlot.iife.min.js'),
  }).map(([name, path]) => {
    const content = readFileSync(path);
    const etag = `"${createHash('sha256').update(content).digest('base64url')}"`;
    return [name, { content, etag }];
  }),
);

/**
 * Serves the page's files, at a path that ends in `:file`. A browser asks each time whether its copy is
 * still that of this release, and is told so without the content.
 */
export const sendAsset: RequestHandler = (req, res, next) => {
  const name = String(req.params['file']);
  const file = FILES.get(name);
  if (file === undefined) {
    next();
    return;
  }
  res.set({ ETag: file.etag, 'Cache-Control': 'no-cache' }).type(name).send(file.content);
};
