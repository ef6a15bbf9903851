// The code stands behind the # of the address that was passed on: it goes into the form, and out of the address.

const code = document.getElementById("code");
const given = decodeURIComponent(location.hash.slice(1));
if (given && !code.value) {
  code.value = given;
  history.replaceState(null, "", location.pathname);
}
