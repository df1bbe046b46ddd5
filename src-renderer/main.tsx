import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './ui/tokens.css';
import './ui/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { createQueryClient } from './app/queries.ts';
import { connect } from './client.ts';

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App client={connect()} queries={createQueryClient()} />
  </StrictMode>,
);
