"""Login requests on the screen: who asks, and the answer."""
