"""iJw 3.2, the messages between gemeente and jeugdhulpaanbieder."""
