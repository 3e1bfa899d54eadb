/**
 * The web application is built into the package beside the compiled server. During work on it, `npx vite web` serves it with
 * reloading and hands API calls to a server on port 4000.
 */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compressed, preloaded } from './build.ts';

const SERVER = process.env.COUNTERSIGN_URL ?? 'http://127.0.0.1:4000';

export default defineConfig({
  plugins: [react(), preloaded('src/main.tsx'), compressed()],
  build: { outDir: '../dist/web', emptyOutDir: true, target: 'es2022', reportCompressedSize: false },
  server: {
    proxy: {
      '/v1': { target: SERVER, ws: true },
      '/dev/people.json': { target: SERVER },
    },
  },
});
