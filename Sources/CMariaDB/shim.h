/* MariaDB Connector/C from the distribution (libmariadb-dev). If this line fails, run scripts/setup. */
#include <mysql.h>
