"""What the panel asks over the WebSocket, one module per subject; docs/websocket.md has it all."""
