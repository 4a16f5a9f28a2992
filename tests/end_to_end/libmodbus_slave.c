/* A meter that is not ours: libmodbus serves holding 0x0000..0x0013 and input 0x0100..0x0139.
 *
 * usage: slave DEVICE UNIT < words    (20 holding words, then 58 input words, as decimal numbers)
 * Prints "ready" when it listens and serves until it is killed.
 */
#include <errno.h>
#include <modbus.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    if (argc != 3) return 2;
    modbus_mapping_t *map = modbus_mapping_new_start_address(0, 0, 0, 0, 0x0000, 20, 0x0100, 58);
    modbus_t *line = modbus_new_rtu(argv[1], 9600, 'N', 8, 1);
    if (!map || !line || modbus_set_slave(line, atoi(argv[2])) || modbus_connect(line)) return 1;
    unsigned word;
    for (int i = 0; i < 20 + 58; i++) {
        if (scanf("%u", &word) != 1) return 3;
        if (i < 20) map->tab_registers[i] = (uint16_t)word;
        else map->tab_input_registers[i - 20] = (uint16_t)word;
    }
    puts("ready");
    fflush(stdout);
    for (;;) {
        uint8_t query[MODBUS_RTU_MAX_ADU_LENGTH];
        int length = modbus_receive(line, query);
        if (length > 0) modbus_reply(line, query, length, map);
        else if (length == -1 && errno == EIO) return 0; /* the line is gone */
    }
}
