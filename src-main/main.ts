import { startApp } from './shell/app.ts';

// The composition root of the desktop app.
startApp();
