import{k as e}from"./elements.js";var t=e`
  @media (max-width: 700px) {
    table.cards,
    .cards tbody,
    .cards tr,
    .cards td {
      display: block;
    }
    .cards thead {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    .cards tr {
      padding: 8px 0;
      border-bottom: 1px solid var(--csj-line);
    }
    .cards tr:last-child {
      border-bottom: none;
    }
    .cards td,
    .cards td.number {
      display: flex;
      justify-content: space-between;
      align-items: baseline;
      gap: 16px;
      border: none;
      padding: 2px 0;
      text-align: end;
      white-space: normal;
      overflow-wrap: anywhere;
    }
    .cards td[data-label]::before {
      content: attr(data-label);
      color: var(--csj-dim);
      font-size: 12px;
      text-align: start;
      flex: none;
      max-width: 50%;
    }
    .cards td.first {
      font-weight: 500;
      text-align: start;
    }
    .cards td.text {
      display: block;
      text-align: start;
    }
    .cards td.text::before {
      content: none;
    }
    .cards td:empty {
      display: none;
    }
  }
`;export{t};