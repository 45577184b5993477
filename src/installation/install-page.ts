/** Bitrix24's own script for pages in its frames; only through it can a page say that the installation is finished. */
const FRAME_SCRIPT = "//api.bitrix24.com/api/v1/";

/**
 * The page that an application with a user interface answers its installation with. Until the page calls `installFinish`, the portal
 * counts the application as not installed and delivers no events.
 * @param sentence plain text of ours
 */
export function installPage(sentence: string, succeeded: boolean): string {
  const finish = succeeded
    ? `<script src="${FRAME_SCRIPT}"></script>
    <script>
      BX24.init(function () {
        BX24.installFinish();
      });
    </script>`
    : "";
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Open Channels gateway</title>
    ${finish}
  </head>
  <body>
    <p>${escapeHtml(sentence)}</p>
  </body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
