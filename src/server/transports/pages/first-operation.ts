/** What an explorer shows first: who one is, and what waits in the inbox. */
export const FIRST_OPERATION = `# Point at a field: it says what it does.
query FirstLook {
  viewer {
    user {
      name
    }
  }
  inbox(first: 10) {
    nodes {
      id
      preview {
        text
      }
      chat {
        title
        state
        line {
          name
        }
        operator {
          name
        }
      }
    }
  }
}
`;
